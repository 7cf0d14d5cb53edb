from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The one Django app: the models and their migrations."""

    name = "pipeline.store"
    label = "store"
