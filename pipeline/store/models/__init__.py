"""The tables. Only `pipeline.store` imports them; everybody else calls its functions, which speak core values."""

from pipeline.store.models.accounts import (
    KnownBrowser,
    MemberIdentity,
    MemberSession,
    RecoveryCode,
    SecondFactor,
    SignInAttempt,
)
from pipeline.store.models.articles import Article, ArticleRevision, ReferenceCheck, ReviewEvent, SignOff
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
from pipeline.store.models.faults import CarriedOut, Fault, FaultAnswer, FaultyCopy, Replacement
from pipeline.store.models.feeds import Feed, FeedEntry
from pipeline.store.models.forms import FormUse
from pipeline.store.models.inbox import CaughtMessage
from pipeline.store.models.lists import ListImport
from pipeline.store.models.notes import Note
from pipeline.store.models.notices import ConsentWalk, Party, PurposeVersion
from pipeline.store.models.opens import LastOpen
from pipeline.store.models.people import AuditEvent, MemberRole, Proposal, ProposalDecision
from pipeline.store.models.rights import RightsEvent, RightsRequest
from pipeline.store.models.sending import Alert, DomainPace, Instance, Route, RouteTally, SecretKid, Sender
from pipeline.store.models.series import Issue, IssueRevision, Series, SignedLetter

__all__ = [
    "Alert",
    "Article",
    "ArticleRevision",
    "Attempt",
    "AuditEvent",
    "Campaign",
    "CarriedOut",
    "CaughtMessage",
    "Confirmation",
    "ConsentEvent",
    "ConsentWalk",
    "Delivery",
    "DeliveryEvent",
    "DomainPace",
    "Enrolment",
    "Fault",
    "FaultAnswer",
    "FaultyCopy",
    "Feed",
    "FeedEntry",
    "FormUse",
    "Instance",
    "Issue",
    "IssueRevision",
    "KnownBrowser",
    "LastOpen",
    "LedgerAnchor",
    "LedgerSeal",
    "ListImport",
    "Mailing",
    "MemberIdentity",
    "MemberRole",
    "MemberSession",
    "Note",
    "NoticeVersion",
    "Outbox",
    "Party",
    "Placement",
    "Proposal",
    "ProposalDecision",
    "Purpose",
    "PurposeVersion",
    "QuarantinedReport",
    "RecoveryCode",
    "ReferenceCheck",
    "Replacement",
    "ReviewEvent",
    "RightsEvent",
    "RightsRequest",
    "Route",
    "RouteTally",
    "SecondFactor",
    "SecretKid",
    "Sender",
    "Series",
    "SignInAttempt",
    "SignOff",
    "SignedLetter",
    "SpentForm",
    "Subscriber",
    "Subscription",
    "Suppression",
    "TestSend",
]
