"""What schemathesis is told of a format that it cannot know: pages are named by the page before."""

from __future__ import annotations

import schemathesis
from hypothesis import strategies

schemathesis.openapi.format("page", strategies.just(""))
