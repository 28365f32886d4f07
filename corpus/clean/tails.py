"""What follows the last paragraph: the end of the article, who wrote it, and what the site has below."""

from __future__ import annotations

import re

from corpus.clean.bylines import is_cased, is_name
from corpus.clean.passages import columns, ends_sentence, holds_sentence, is_list_item, stopless, words_in
from corpus.clean.signals import counter
from corpus.clean.standing import Part, masthead
from corpus.words.matching import fold
from corpus.words.wording import addressing, guess, phrases, platforms, votes, words_of

# A tail in another language longer than this part of the text is the article once more, not furniture.
FOREIGN_TAIL = 0.25
# An offer's own paragraph behind its heading is no longer than this.
OFFER = 260
# As many headings in a row below an article are those of others.
TEASERS = 3
LISTED = ("teaser", "teaser:listed")


def cut_bio(parts: list[Part], first: int, last: int) -> int:
    """Who wrote it, said after the end: a name alone on a line, then a paragraph that begins with the name."""
    for number in range(last, first, -1):
        part, before = parts[number], parts[number - 1]
        if not part.open or not part.prose:
            continue
        elsewhere = " ".join(other.text for other in parts[: max(number - 1, 0)] if other.open and other.prose)
        words = set(before.text.split())
        opening = part.text.split(" ", 1)[0].strip(",.–—-")
        named = (
            is_name(before.text)
            and opening in words
            and before.text not in elsewhere
            and before.role in (None, "byline")
        )
        telling = [role for _, _, role in phrases().find(part.text[:240])].count("bio")
        known = any(
            other.role == "byline"
            and (author := other.states.get("author")) is not None
            and part.text.startswith(author.split(" ")[0])
            and telling
            and author not in elsewhere
            for other in parts
        )
        about = fold(part.text).startswith(("about the author",)) or before.role == "bio"
        if len(part.text) <= 900 and (named or known or (about and telling)):
            part.become("bio", "name and paragraph")
            if named:
                before.become("byline", "name before bio")
        else:
            return number
    return last if parts[last].open else first


def cut_foreign(parts: list[Part], first: int, last: int) -> int:
    """A tail in another language than the body, behind a disclaimer or a label, is the site's own."""
    body = [part for part in parts[first : last + 1] if part.open and part.prose]
    own = guess(" ".join(part.text for part in body)[:4000])
    if own is None:
        return last
    total = sum(len(part.text) for part in body)
    tail = 0
    number = last
    while number > first:
        part = parts[number]
        if part.open:
            other = guess(part.text)
            if other is None or other == own or _related(other, own) or votes(part.text).get(own, 0) > 2:
                break
            tail += len(part.text)
        number -= 1
    if number == last or tail > FOREIGN_TAIL * total or tail > 900:
        return last
    for part in parts[number + 1 : last + 1]:
        if part.open:
            part.become("furniture", "other language after the end")
    return number


def _related(one: str, two: str) -> bool:
    return one.split("-")[0] == two.split("-")[0] or {one, two} <= {"id", "ms"} or {one, two} <= {"no", "da"}


def cut_offer(parts: list[Part], first: int, last: int) -> int:
    """The last paragraphs are an offer's where its heading stands right before them and nothing follows."""
    number = last
    while number > first and parts[number].open and parts[number].prose and len(parts[number].text) <= OFFER:
        before = next((part for part in reversed(parts[:number]) if part.rule != "advertisement"), None)
        if not _offering(parts[number].text):
            break
        if before is not None and before.role == "newsletter" and not before.prose:
            for part in parts[number : last + 1]:
                if part.open:
                    part.become(before.role, "beside an offer")
            return max((n for n in range(first, number) if parts[n].open and parts[n].prose), default=first)
        if before is None or not before.open:
            break
        number -= 1
    return last


def _offering(text: str) -> bool:
    """Whether a paragraph speaks to the reader or names what a newsletter's offer does."""
    return any(role == "newsletter" for _, _, role in phrases().find(text)) or (
        not addressing().isdisjoint(words_of(text)) and not re.search('["“”„«»「]', text)
    )


def settle_tail(parts: list[Part], last: int) -> None:
    """What follows the last paragraph: teasers after their heading, the site's lines, and what still ends the text."""
    mode: tuple[str, str] | None = None
    tail = parts[last + 1 :]
    kept = _runs(tail)
    previous = parts[last] if parts else None
    listed = 0
    for number, part in enumerate(tail):
        if not part.open:
            if part.rule == "teaser:header":
                mode, listed = LISTED, 0
            elif part.rule not in ("advertisement", "agency", "caption", "caption:credit") and part.role in (
                "newsletter",
                "share",
                "furniture",
                "disclaimer",
            ):
                mode = (part.role if part.role == "newsletter" else "furniture", "after the end")
            continue
        if part.signal is not None:
            part.become(part.signal.role, part.signal.rule)
            if part.role in ("newsletter", "share", "furniture", "disclaimer") and mode is None:
                mode = ("furniture", "after the end")
            continue
        if is_name(part.text) and is_cased(part.text) and number == 0 and mode is None:
            part.become("byline", "name after the end")
            continue
        asked = previous is not None and previous.text.rstrip().endswith(("?", "？", "؟"))
        closed = ends_sentence(part.text) and not counter(part.text)
        stopped = closed and not part.text.rstrip(' "”“»’').endswith(("?", "!", "？", "！", "؟", "…"))
        # Headings of other articles close no sentence; what does, after a few of them, is the article again.
        resumed = mode == LISTED and stopped and (part.prose or (listed <= 2 and words_in(part.text) >= 4))
        if mode == LISTED:
            listed += 1
        if (closed and mode is None and (words_in(part.text) >= 2 or asked)) or resumed:
            part.become("body", "sentence")
        elif is_list_item(part.text) and mode is None and words_in(part.text) >= 2:
            part.become("list", "item")
        elif mode is None and number in kept:
            part.become(kept[number], "line after the last paragraph")
        else:
            if mode is None and _offer_follows(tail[number + 1 :]):
                mode = ("newsletter", "beside an offer")
            part.become(*(mode or ("furniture", "after the end")))
        previous = part


def _offer_follows(rest: list[Part]) -> bool:
    following = next((part for part in rest if not part.open or part.signal is not None), None)
    return following is not None and following.role == "newsletter"


def _runs(tail: list[Part]) -> dict[int, str]:
    """The unclosed lines that may still be the article's, by place: a line of some length, a heading over a list.

    Several lines in a row that close no sentence are the headings of other articles, or a menu.
    """
    kept: dict[int, str] = {}
    run: list[int] = []
    for number, part in enumerate([*tail, None]):
        if part is not None and part.open and part.signal is None and _unclosed(part.text):
            run.append(number)
            continue
        if part is not None and part.open and (is_list_item(part.text) or part.prose or holds_sentence(part.text)):
            # A heading stands over what goes on.
            kept.update((heading, "subhead") for heading in run[-1:])
            if holds_sentence(part.text):
                kept[number] = "body"
        elif 0 < len(run) < TEASERS and not _offer_follows(tail[run[-1] + 1 :]):
            kept.update((line, "body") for line in run if _lasting(tail[line].text, alone=len(run) == 1))
        run = []
    return kept


def _unclosed(text: str) -> bool:
    return not holds_sentence(text) and not is_list_item(text)


def _lasting(text: str, *, alone: bool) -> bool:
    """Whether an unclosed line is long enough for a sentence that lost its full stop, and no name or number."""
    if any(word in platforms() for word in words_of(text) if len(word) > 4):
        return False
    if stopless(text):
        return len(text) >= 20
    if not is_cased(text) and columns(text) > len(text):
        return columns(text) >= 16 and not masthead(text)
    enough = words_in(text) >= 4 and columns(text) >= 18 if alone else words_in(text) >= 5 and columns(text) >= 30
    return enough and not masthead(text) and not counter(text)
