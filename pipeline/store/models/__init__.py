"""The tables. Only `pipeline.store` imports them; everybody else calls its functions, which speak core values."""

from pipeline.store.models.articles import Article, ArticleRevision, SignOff
from pipeline.store.models.campaigns import Campaign, Enrolment, Mailing
from pipeline.store.models.consent import (
    Confirmation,
    ConsentEvent,
    LedgerAnchor,
    LedgerSeal,
    NoticeVersion,
    Placement,
    Purpose,
    SpentForm,
    Subscriber,
    Subscription,
    Suppression,
)
from pipeline.store.models.deliveries import (
    Attempt,
    Delivery,
    DeliveryEvent,
    Outbox,
    QuarantinedReport,
    TestSend,
)
from pipeline.store.models.inbox import CaughtMessage
from pipeline.store.models.sending import Alert, DomainPace, Instance, Route, RouteTally, Sender
from pipeline.store.models.series import Issue, IssueRevision, Series

__all__ = [
    "Alert",
    "Article",
    "ArticleRevision",
    "Attempt",
    "Campaign",
    "CaughtMessage",
    "Confirmation",
    "ConsentEvent",
    "Delivery",
    "DeliveryEvent",
    "DomainPace",
    "Enrolment",
    "Instance",
    "Issue",
    "IssueRevision",
    "LedgerAnchor",
    "LedgerSeal",
    "Mailing",
    "NoticeVersion",
    "Outbox",
    "Placement",
    "Purpose",
    "QuarantinedReport",
    "Route",
    "RouteTally",
    "Sender",
    "Series",
    "SignOff",
    "SpentForm",
    "Subscriber",
    "Subscription",
    "Suppression",
    "TestSend",
]
