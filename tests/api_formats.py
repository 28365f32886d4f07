"""What schemathesis is told of formats it cannot know: pages are named by the page before, amounts by a language."""

from __future__ import annotations

import schemathesis
from hypothesis import strategies

schemathesis.openapi.format("page", strategies.just(""))
schemathesis.openapi.format("amount", strategies.sampled_from(["7 trillion", "80%", "7兆ドル", ">1 млрд Altman", ""]))
