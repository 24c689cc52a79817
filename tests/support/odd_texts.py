"""Texts in many scripts and odd ones, and seeded random mixtures of their pieces."""

import random

WRITTEN = {
    "English": 'Dr. Smith (b. 1950) paid $3.50 at 5 p.m. yesterday. "Stop!" he said... It wasn\'t so; was it?',
    "German": "Z.B. Herr Prof. Dr. Müller sagte: „Nein.“ Dann ging er über die Straße.",
    "French": "« Où est l’eau ? » demanda-t-elle. M. Dupont n'en savait rien !",
    "Spanish": "¿Qué hora es? ¡Las tres!",
    "Greek": "Τι είναι αυτό; Δεν ξέρω.",
    "Russian": "Он ушёл. Она осталась… И что?",
    "Arabic": "هل أنت بخير؟ نعم، شكرًا. السَّلامُ عليكم",
    "Persian": "می‌روم. خداحافظ!",
    "Urdu": "یہ ایک جملہ ہے۔ دوسرا جملہ۔",
    "Hebrew": "שלום! צה״ל הוא צבא. מה נשמע?",
    "Hindi": "यह एक वाक्य है। क्या यह दूसरा है? क्षत्रिय।",
    "Bengali": "আমি ভাত খাই। তুমি?",
    "Tamil": "நான் வருகிறேன். நீங்கள்?",
    "Thai": "สวัสดีครับ วันนี้อากาศดี\nพรุ่งนี้ฝนตก",
    "Khmer": "នេះជាប្រយោគ។ មួយទៀត។",
    "Burmese": "ဒါစာကြောင်းတစ်ကြောင်း။ နောက်တစ်ခု။",
    "Chinese": "你好。今天3.5元！“是吗？”他说。",
    "Japanese": "今日は晴れです。「雨だ。」と言った。本当？！",
    "Korean": "안녕하세요. 반갑습니다!",
    "Armenian": "Խոսք։ Երկրորդ։",
    "Amharic": "ይህ ነው። ሁለት።",
    "Tibetan": "བཀྲ་ཤིས་བདེ་ལེགས། ཁྱེད་རང་།",
}
PIECES = (
    *("a", "B", "é", "e\u0301", "ß", "7", "3.5", "I", "Dr", "no", "can't", "’", "'", "_", "-"),
    *(".", "...", "…", "!", "?", "。", "！", "؟", "।", "։", ",", ";", "(", ")", "“", "”", "«", "»", '"', "「", "」"),
    *(" ", "\n", "\r\n", "\n\n", "\t", "\u00a0", "\u2028", "\u200b", "\u200d", "\u200c", "\ufeff", "\x07", "\x0c"),
    *("👩‍👩‍👧", "🇩🇪", "🇩", "❤️", "1️⃣", "👍🏽", "😀", "©", "\u0301", "\u0600", "\u00ad", "\ufe0f"),
    *("你", "の", "テ", "ー", "ส", "วั", "ខ្", "क्ष", "한", "각", "م", "ש"),
)


def mixtures(n: int = 400, *, seed: int = 0) -> list[str]:
    """Texts of up to 30 random pieces, and those above."""
    draw = random.Random(seed)
    return [*WRITTEN.values(), *("".join(draw.choices(PIECES, k=draw.randrange(30))) for _ in range(n))]
