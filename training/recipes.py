"""What each head is made of: its recipe, the sets it learns from, and the licence they ask for."""

from typing import Final

from tasks.policy import REVIEWED_ACTS
from training.act_examples import BACKGROUND, act_examples
from training.data import HATE, INFORMAL
from training.data import LOADERS as DATA_LOADERS
from training.fit import Recipe

LOADERS: Final = {**DATA_LOADERS, "act": act_examples}
RECIPES: Final = {
    "language": Recipe(exclusive=True, strength=4.0, kept=150_000),
    "sentiment": Recipe(exclusive=True, strength=4.0, kept=150_000, damping=0.5, by_language=True),
    "hate": Recipe(
        exclusive=False,
        strength=3.0,
        kept=150_000,
        damping=0.5,
        given=dict.fromkeys(HATE[2:], "HS"),
    ),
    "emotion": Recipe(exclusive=True, strength=4.0, kept=100_000, damping=0.75),
    "topic": Recipe(exclusive=True, strength=2.0, kept=150_000, damping=0.5),
    "clickbait": Recipe(exclusive=False, strength=1.0, kept=100_000, damping=0.5),
    "act": Recipe(exclusive=True, strength=16.0, kept=300_000, damping=0.5, dangers=REVIEWED_ACTS),
}
SETS: Final = {
    "language": ("lid_nusantara", *INFORMAL),
    "sentiment": ("smsa_sentiment", "nusax_sentiment"),
    "hate": ("hate_abusive_id",),
    "emotion": ("emot_emotion",),
    "topic": ("news_topic_clickid",),
    "clickbait": ("clickbait_clickid",),
    "act": tuple(BACKGROUND),
}
LICENCES: Final = {
    "language": "CC-BY-SA-4.0",
    "sentiment": "CC-BY-SA-4.0",
    "hate": "CC-BY-NC-SA-4.0",
    "emotion": "CC-BY-SA-4.0",
    "topic": "CC-BY-4.0",
    "clickbait": "CC-BY-4.0",
    "act": "CC-BY-SA-4.0",
}
