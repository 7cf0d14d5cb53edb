"""The tables. Only `pipeline.store` imports them; everybody else calls its functions, which speak core values."""

from pipeline.store.models.articles import Article, ArticleRevision, SignOff
from pipeline.store.models.campaigns import Campaign, Enrolment, Mailing
from pipeline.store.models.consent import (
    Confirmation,
    ConsentEvent,
    LedgerAnchor,
    LedgerSeal,
    NoticeVersion,
    Purpose,
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
from pipeline.store.models.notes import Note
from pipeline.store.models.notices import ConsentWalk, Party, PurposeVersion
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
    "ConsentWalk",
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
    "Note",
    "NoticeVersion",
    "Outbox",
    "Party",
    "Purpose",
    "PurposeVersion",
    "QuarantinedReport",
    "Route",
    "RouteTally",
    "Sender",
    "Series",
    "SignOff",
    "Subscriber",
    "Subscription",
    "Suppression",
    "TestSend",
]
