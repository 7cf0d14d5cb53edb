"""A made-up issue that holds one of everything, and a made-up brand. No word here is medical advice."""

from __future__ import annotations

from datetime import date

from pipeline.core.content.article import (
    Callout,
    Cite,
    Inline,
    Listing,
    ListItem,
    Paragraph,
    Person,
    Question,
    Run,
    Section,
    SectionKind,
    Table,
    Urgency,
)
from pipeline.core.message.brand import Brand
from pipeline.core.message.context import ListNotice
from pipeline.core.message.correction import CorrectedIssue, CorrectionLetter
from pipeline.core.series.issue import IssueContent, NumberedReference

BRAND = Brand(
    name="Rounds",
    tagline="One health topic, a few minutes a week",
    postal_address="1 Sample Street, Exampleton, EX1 1AA",
    company_line="Example Health Ltd. Registered in England and Wales, number 00000000. "
    "Registered office as below.",
    contact_email="hello@rounds.example",
    feedback_url="https://rounds.example/feedback",
    base_url="https://rounds.example",
)

NOTICES = (
    ListNotice(
        title="Weekly health email",
        cadence="one email a week",
        notice="Example Health Ltd will use your address to send you this email, and for nothing else.\n\n"
        "You can stop at any time with the link in each email.",
        version="notice-a version 2",
    ),
)

VALUES = {
    "unsubscribe_url": "https://rounds.example/u/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    "preferences_url": "https://rounds.example/p/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    "confirm_url": "https://rounds.example/c/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    "not_me_url": "https://rounds.example/n/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    "help_url": "https://rounds.example/help",
    "address": "ada@post.example",
    "greeting": "Hello Ada,",
    "signed_up_on": "3 March 2026",
}


def words(*parts: str | Inline) -> tuple[Inline, ...]:
    return tuple(Run(part) if isinstance(part, str) else part for part in parts)


def paragraph(*parts: str | Inline) -> Paragraph:
    return Paragraph(words(*parts))


def bullets(*items: str) -> Listing:
    return Listing(tuple(ListItem(words(item)) for item in items))


def sample_issue() -> IssueContent:
    return IssueContent(
        series_slug="sleeping-well",
        series_title="Sleeping well",
        number=2,
        total=6,
        title="Why the clock matters & what light does",
        subject="Why the clock matters & what light does",
        preheader="How morning light sets the clock in your body, and what to do about it this week.",
        language="en-GB",
        sections=(
            Section(
                "clock",
                "The clock in your body",
                2,
                SectionKind.OVERVIEW,
                (
                    paragraph(
                        "Your body keeps time by itself, but it drifts a little later each day.",
                        Cite(("clock-review",)),
                        " Daylight in the morning ",
                        Run("pulls it back", strong=True),
                        ", as the ",
                        Run("advice for shift workers", href="https://sleep.example/shifts"),
                        " explains",
                        Cite(("light-trial", "clock-review")),
                        ".",
                    ),
                    Listing(
                        (
                            ListItem(words("In the first hour, open the curtains")),
                            ListItem(
                                words("In the evening, make it darker:"),
                                (bullets("lower the lamps", "leave the telephone in another room"),),
                            ),
                            ListItem(words("Keep the same hour for getting up, also at the weekend")),
                        )
                    ),
                ),
            ),
            Section(
                "light",
                "Which light does what",
                3,
                SectionKind.TYPES,
                (
                    Table(
                        (words("Light"), words("How bright"), words("What it does")),
                        (
                            (
                                words("Daylight"),
                                words("10,000 lux"),
                                words("Sets the clock", Cite(("light-trial",))),
                            ),
                            (words("Office lamp"), words("500 lux"), words("Keeps you awake")),
                            (words("Candle"), words("1 lux"), words("Almost nothing")),
                        ),
                    ),
                    Callout(
                        Urgency.NOTE,
                        "Lamps that imitate daylight",
                        (
                            paragraph(
                                "They help some people in winter. Ask first if you have an eye disease."
                            ),
                        ),
                    ),
                ),
            ),
            Section(
                "help",
                "When sleep needs a doctor",
                2,
                SectionKind.HELP,
                (
                    Callout(
                        Urgency.SOON,
                        "See a GP if",
                        (
                            bullets(
                                "you have slept badly for 3 months",
                                "you fall asleep by day without meaning to",
                            ),
                        ),
                    ),
                ),
            ),
        ),
        questions=(
            Question(
                "nap",
                "May I nap in the afternoon?",
                (paragraph("Yes. Keep it under 30 minutes, and before 3pm."),),
            ),
            Question(
                "phone", "Is the telephone really so bad?", (paragraph("It depends on what you do with it."),)
            ),
        ),
        references=(
            NumberedReference(
                1, "clock-review", "Clock A, Hand B. The body clock: a review. Example Press; 2024.", None
            ),
            NumberedReference(
                2,
                "light-trial",
                "Lamp C. A trial of morning light. Journal of Examples. 2023.",
                "https://journal.example/2023/a-trial-of-morning-light",
            ),
        ),
        help=(
            Callout(
                Urgency.URGENT,
                "Call 999 if",
                (paragraph("you fell asleep at the wheel and are hurt, or somebody else is."),),
            ),
        ),
        previously="what sleep is for, and why an hour less shows the next day.",
        next_week="beds, noise and warmth: the room that lets you sleep.",
        authors=(Person("Ada Sample", "MSc", "health writer"),),
        reviewer=None,
        reviewed_on=date(2026, 11, 2),
        next_review_on=date(2028, 11, 2),
        disclaimer="This email gives general information. It cannot take the place of advice from somebody "
        "who knows you. If you are worried about your health, speak to a GP or call 111.",
        reading_minutes=3,
        demonstration=True,
    )


SEAL = {
    "day": "3 March 2026",
    "seal": "412",
    "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "signature": "5a" * 64,
    "key_id": "0f1e2d3c4b5a6978",
}

COMPLAINT = {"day": "3 March 2026", "number": "9F86D081"}
CHANGES = "Example Relay Ltd is now among those who receive your details.\nWe now keep details in IE too."
ASK_AGAIN = {"list": "Weekly health email", "version": "5", "changes": CHANGES}
NOTICE_CHANGED = {
    "list": "Weekly health email",
    "version": "5",
    "day": "3 March 2027",
    "changes": "The words of the notice changed.",
}
RECONFIRM = {"list": "Weekly health email", "day": "3 March 2028"}


def sample_correction() -> CorrectionLetter:
    issue = sample_issue()
    return CorrectionLetter(
        series_slug=issue.series_slug,
        series_title=issue.series_title,
        subject=issue.subject,
        issues=[CorrectedIssue(2, issue.title), CorrectedIssue(3, "A calm evening")],
        wrong="We said that the clock in your body runs for 25 hours.",
        right="It runs for a little more than 24 hours.\n\nLight in the morning sets it.",
        reviewer=issue.reviewer,
        reviewed_on=issue.reviewed_on,
        next_review_on=issue.next_review_on,
        language=issue.language,
        disclaimer=issue.disclaimer,
        demonstration=False,
    )
