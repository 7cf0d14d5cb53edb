"""Made-up issues in Arabic and Japanese: right to left, and without spaces between words. No advice in either."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

from pipeline.core.content.article import (
    Callout,
    Cite,
    Figure,
    Listing,
    ListItem,
    Person,
    Question,
    Run,
    Section,
    SectionKind,
    Table,
    Urgency,
)
from pipeline.core.message.kit_sample import HEIGHT, PICTURE, WIDTH, kit_picture
from pipeline.core.series.issue import IssueContent, NumberedReference
from tests.golden.sample import BRAND, bullets, paragraph, words

# A brand that has the frame's words in Arabic but for three, which stay English and say so.
ARABIC = {
    "unsubscribe": "إلغاء الاشتراك",
    "issue_of": "العدد {number} من {total}",
    "minutes": "{minutes} دقائق للقراءة",
    "urgent": "اطلب المساعدة الآن",
    "soon": "احجز موعدا",
    "note": "من المفيد أن تعرف",
    "questions": "أسئلة يطرحها الناس",
    "previously": "في العدد السابق:",
    "next_week": "في الأسبوع القادم:",
    "references": "المراجع",
    "read_at": "اقرأه في {host}",
    "reference": "المرجع {number}",
    "picture": "صورة",
    "about": "عن هذا العدد",
    "written_by": "كتبه {author}.",
    "awaiting_review": "في انتظار المراجعة الطبية.",
    "signed_up": "اشتركت في [[signed_up_on]] في {list} بهذا العنوان:",
    "unsubscribe_from_list": "إلغاء الاشتراك في هذه القائمة",
    "change_preferences": "غيّر ما يصلك",
}
ARABIC_BRAND = replace(BRAND, labels={"ar": ARABIC})


def arabic_issue() -> IssueContent:
    return IssueContent(
        series_slug="sleeping-well",
        series_title="النوم الجيد",
        number=2,
        total=4,
        title="ضوء الصباح وساعة الجسم",
        subject="ضوء الصباح وساعة الجسم",
        preheader="كيف يضبط ضوء الصباح ساعة جسمك، وماذا تفعل هذا الأسبوع.",
        language="ar",
        sections=(
            Section(
                "clock",
                "الساعة في جسمك",
                2,
                SectionKind.OVERVIEW,
                (
                    paragraph(
                        "يحفظ جسمك الوقت بنفسه، لكنه يتأخر قليلا كل يوم",
                        Cite(("clock",)),
                        ". ضوء الصباح، أي 10,000 lux أو أكثر، ",
                        Run("يعيده إلى موعده", strong=True),
                        ". اقرأ ",
                        Run("دليل النوم (Sleep Guide 2.0)", href="https://sleep.example/guide"),
                        ".",
                    ),
                    Listing(
                        (
                            ListItem(words("افتح الستائر في الساعة الأولى")),
                            ListItem(
                                words("في المساء، خفف الضوء:"),
                                (bullets("أطفئ المصباح الكبير", "اترك الهاتف في غرفة أخرى"),),
                            ),
                        )
                    ),
                    Table(
                        (words("الضوء"), words("شدته"), words("أثره")),
                        (
                            (
                                words("ضوء النهار"),
                                words("10,000 lux"),
                                words("يضبط الساعة", Cite(("clock",))),
                            ),
                            (words("شمعة"), words("1 lux"), words("لا شيء تقريبا")),
                        ),
                    ),
                    _figure("أعمدة لدقائق المشي في سبعة أيام.", "أسبوع من المشي."),
                ),
            ),
            Section(
                "help",
                "متى تستشير الطبيب",
                2,
                SectionKind.HELP,
                (
                    Callout(Urgency.SOON, "راجع الطبيب إذا", (bullets("نمت نوما سيئا مدة 3 أشهر"),)),
                    Callout(Urgency.URGENT, "اتصل بالرقم 999 إذا", (paragraph("لم يستطع أحد أن يتنفس."),)),
                    Callout(Urgency.NOTE, "المصابيح القوية", (paragraph("تساعد بعض الناس في الشتاء."),)),
                ),
            ),
        ),
        questions=(Question("nap", "هل أنام بعد الظهر؟", (paragraph("نعم، أقل من 30 دقيقة."),)),),
        references=(
            NumberedReference(
                1,
                "clock",
                "Clock A, Hand B. The body clock: a review. Example Press; 2024.",
                "https://journal.example/clock",
            ),
        ),
        help=(),
        previously="لماذا ننام.",
        next_week="السرير والضجيج والدفء.",
        authors=(Person("سارة المثال", "", "كاتبة صحية"),),
        reviewer=None,
        reviewed_on=None,
        next_review_on=date(2028, 11, 2),
        disclaimer="تقدم هذه الرسالة معلومات عامة ولا تغني عن الطبيب.",
        reading_minutes=3,
        demonstration=False,
    )


def japanese_issue() -> IssueContent:
    return IssueContent(
        series_slug="sleeping-well",
        series_title="よく眠るために",
        number=1,
        total=4,
        title="朝の光と体内時計",
        subject="朝の光と体内時計",
        preheader="朝の光が体内時計を合わせるしくみと、今週できること。",
        language="ja",
        sections=(
            Section(
                "clock",
                "体の中の時計",
                2,
                SectionKind.OVERVIEW,
                (
                    paragraph(
                        "体は自分で時間を数えますが、毎日すこしずつ遅れていきます",
                        Cite(("clock",)),
                        "。朝の光は、この遅れを",
                        Run("もとに戻します", strong=True),
                        "。晴れた朝の屋外は10,000ルクスを超え、部屋の明かりの20倍ほどになります。くわしくは",
                        Run("「眠りの手引き」", href="https://sleep.example/guide"),
                        "をご覧ください。カーテンを開けるだけでも、じゅうぶんに始められます。",
                    ),
                    Listing(
                        (
                            ListItem(words("起きたらすぐにカーテンを開ける")),
                            ListItem(
                                words("夜は明かりを落とす:"),
                                (bullets("大きな照明を消す", "電話は別の部屋に置く"),),
                            ),
                        )
                    ),
                    Table(
                        (words("光"), words("明るさ"), words("はたらき")),
                        (
                            (words("日光"), words("10,000ルクス"), words("時計を合わせる", Cite(("clock",)))),
                            (words("ろうそく"), words("1ルクス"), words("ほとんど何もしない")),
                        ),
                    ),
                    Callout(
                        Urgency.NOTE,
                        "明るい照明器具について",
                        (paragraph("冬に役立つ人もいます。目の病気がある人は、先に相談してください。"),),
                    ),
                    _figure("七日間に歩いた分数の棒グラフ。", "一週間の散歩。"),
                ),
            ),
        ),
        questions=(
            Question("nap", "昼寝をしてもいいですか?", (paragraph("はい。30分より短く、午後3時より前に。"),)),
        ),
        references=(
            NumberedReference(
                1, "clock", "時計一郎「体内時計の総説」例示出版、2024年。", "https://journal.example/clock"
            ),
        ),
        help=(
            Callout(Urgency.URGENT, "119番に電話するのは", (paragraph("息ができない人がいるときです。"),)),
        ),
        previously=None,
        next_week="寝床、音、あたたかさについて。",
        authors=(Person("見本花子", "", "健康記者"),),
        reviewer=None,
        reviewed_on=date(2026, 11, 2),
        next_review_on=None,
        disclaimer="この手紙は一般的な情報です。心配なときは医師に相談してください。",
        reading_minutes=2,
        demonstration=False,
    )


def _figure(alt: str, caption: str) -> Figure:
    digest = hashlib.sha256(kit_picture()).hexdigest()
    return Figure(PICTURE, alt, caption, width=WIDTH, height=HEIGHT, sha256=digest)
