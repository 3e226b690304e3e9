"""What saved questions must answer over an invented corpus, told from how it was planned: no query, no graph.

An oracle gives the rows of a question, in some of its columns, for the values that its parameters are given: an empty
set asks nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import floor
from typing import Final

from planned import Row, Told, World

from benchmarks import truth
from benchmarks.nouns import Entity, Line, Printed

Given = Mapping[str, frozenset[str]]
"""The values of parameters by name; none where nothing is asked."""

PUT: Final = "relayedBy claim holder mode polarity passage"
"""The columns of a claim with its speaker, those who relay it, how it is put, and where."""
PUT_BY_SPEAKER: Final = PUT.replace("holder", "speaker")
"""The same where the parameter has the name ``holder``."""


@dataclass(frozen=True)
class Oracle:
    """What gives the rows of a question, in which of its columns.

    The parameters of ``always`` must have a value; those of ``other`` ask for something else instead of less.
    """

    columns: Row
    rows: Callable[[World, Given], Iterable[Row]]
    always: Row = ()
    other: Row = ()


ORACLES: Final[dict[str, Oracle]] = {}
"""By the name of the question."""

_Rows = Callable[[World, Given], Iterator[Row]]


def answers(question: str, columns: str, *, always: str = "", other: str = "") -> Callable[[_Rows], _Rows]:
    """Makes a function the oracle of a question, in some of its columns."""

    def known(rows: _Rows) -> _Rows:
        ORACLES[question] = Oracle(tuple(columns.split()), rows, tuple(always.split()), tuple(other.split()))
        return rows

    return known


def fits(given: Given, name: str, *values: str) -> bool:
    """Whether a parameter asks nothing, or one of these values."""
    wanted = given.get(name, frozenset())
    return not wanted or not wanted.isdisjoint(values)


def claims(world: World, given: Given) -> Iterator[Told]:
    """The claims that have what parameters ask for that are named alike in all questions."""
    for told in world.claims:
        has = {"holder": told.holder, "article": told.article, "event": told.plan.frame.name}
        if all(fits(given, name, value) for name, value in (*has.items(), ("mode", f"mode:{told.plan.mode}"))):
            yield told


def at_least(given: Given, name: str, count: int) -> bool:
    """Whether a number reaches the one that a parameter is given."""
    return not given[name] or count >= int(min(given[name]))


def stamps(edtf: str) -> tuple[date, date, date, date]:
    """First and last day on which a time can begin, and can end; the first or last of all days where it is open."""
    if "/" not in edtf:
        return (*truth.days(edtf), *truth.days(edtf))
    begin, _, end = edtf.partition("/")
    return (*truth.days(begin), *((date.min, date.max) if end == ".." else truth.days(end)))


def shown(day: date) -> str:
    """A day as it is answered: nothing for one that is open."""
    return "" if day in (date.min, date.max) else day.isoformat()


def possibility(edtf: str, first: date, last: date) -> str:
    """Whether a time has a day of some days: certain, possible, or "" where it has none."""
    earliest_begin, latest_begin, earliest_end, latest_end = stamps(edtf)
    if earliest_begin > last or latest_end < first:
        return ""
    sure = min(latest_begin, latest_end) <= last and max(earliest_begin, earliest_end) >= first
    return "certain" if sure else "possible"


def the_day(given: Given, name: str, otherwise: date) -> date:
    """The day that a parameter is given."""
    return date.fromisoformat(min(given[name])) if given[name] else otherwise


def share(part: int, whole: int) -> str:
    """A share in thousandths, as it is answered."""
    return f"{floor(1000 * part / whole + 0.5) / 1000:g}" if whole else ""


@answers("how-much-is-told-of-each-month", "month type claims holders")
def months(world: World, given: Given) -> Iterator[Row]:
    found: dict[Row, list[str]] = defaultdict(list)
    for told in world.claims:
        kind, begin = f"type:{told.plan.frame.pattern.type}", told.plan.when and stamps(told.plan.when.edtf)[0]
        if begin and begin != date.min and fits(given, "type", kind):
            found[f"{begin:%Y-%m}", kind].append(told.holder)
    return ((*key, str(len(holders)), str(len(set(holders)))) for key, holders in found.items())


@answers(
    "how-much-rests-on-unnamed-sources", "article claims ownVoice unnamed shareOfAll shareOfSourced", other="naming"
)
def shares(world: World, given: Given) -> Iterator[Row]:
    for page in world.pages:
        own = [told.plan for told in world.claims if told.page is page]
        article, voice = f"article:{page.article.slug}", sum(claim.basis == "author-voice" for claim in own)
        without = sum(
            claim.basis == "implied-by-passive" or f"naming:{claim.naming}" in given["naming"] for claim in own
        )
        if fits(given, "article", article):
            counts = (len(own), voice, without)
            yield article, *map(str, counts), share(without, len(own)), share(without, len(own) - voice)


@answers("which-claims-rest-on-unnamed-sources", f"{PUT} article naming certainty")
def rests_on_unnamed(world: World, given: Given) -> Iterator[Row]:
    for told in claims(world, given):
        naming = f"naming:{told.plan.naming}"
        if told.plan.basis != "author-voice" and fits(given, "source", naming):
            yield from world.rows(told, told.article, world.labels[naming], world.certainty(told))


@answers("what-the-hedge-covers", f"{PUT} hedged certainty cue", always="naming")
def hedged(world: World, given: Given) -> Iterator[Row]:
    under = {told.passage for told in world.claims if f"naming:{told.plan.naming}" in given["naming"]}
    for told in claims(world, given):
        if told.passage in under:
            own = f"naming:{told.plan.naming}" in given["naming"]
            yield from world.rows(told, str(own).lower(), world.certainty(told), told.cue)


@answers("what-does-somebody-say-of-somebody", f"{PUT} who role")
def says_of(world: World, given: Given) -> Iterator[Row]:
    for told in world.claims:
        for who, role in told.parted:
            if fits(given, "speaker", told.holder) and fits(given, "whom", who):
                yield from world.rows(told, world.labels[who], world.labels[role])


@answers("who-takes-part-in-what", f"{PUT_BY_SPEAKER} event type part who")
def takes_part(world: World, given: Given) -> Iterator[Row]:
    for told in claims(world, given):
        for who, role in told.parted:
            if fits(given, "role", role):
                event, kind = told.plan.frame.name, world.labels[world.types(told)[0]]
                yield from world.rows(told, event, kind, world.labels[role], world.labels[who])


CULPABLE: Final = ("agent", "authority", "escort", "participant", "traveller")
"""Roles of those who can be blamed for what happens."""
TO_ACT: Final = (*CULPABLE, "bound-party", "holder-of-control", "speaker")
"""Roles of those who are to act where something is demanded."""


@answers("what-is-demanded-of-whom", "relayedBy demand holder addressee toAct passage answers takenForGranted answer")
def demands(world: World, given: Given) -> Iterator[Row]:
    for told in claims(world, given):
        asked = {told.named(told.plan.addressee)} if told.plan.addressee else set()
        if told.plan.mode != "demanded" or not fits(given, "of", *asked, *(who for who, _ in told.parted)):
            continue
        acting = {told.named(part.who) for part in told.parts if part.role in TO_ACT}
        replies = {
            (other.name, by)
            for other in world.claims
            if other.holder in (asked | acting) - {told.holder}
            if other.plan.frame == told.plan.frame
            or (other.plan.addressee and other.named(other.plan.addressee) == told.holder)
            for by in world.relayed(other)
        }
        granted = [other.name for other in world.claims if other.presupposed_in == told.name]
        to = "; ".join(sorted(world.labels[who] for who in acting))
        for by in world.relayed(told):
            head = (by, told.name, world.labels[told.holder], "".join(world.labels[who] for who in asked), to)
            known = (told.passage, str(len({name for name, _ in replies})))
            yield from ((*head, *known, name, "") for name in granted)
            yield from ((*head, *known, "", name) for name, _ in replies)
            if not granted and not replies:
                yield *head, *known, "", ""


@answers(
    "which-presuppositions-stand-in-demands",
    "relayedBy claim takenBy polarity certainty demand how demandedBy addressee passage",
)
def presuppositions(world: World, given: Given) -> Iterator[Row]:
    for told in world.claims:
        demand = world.by_name.get(told.presupposed_in)
        if demand is None or not fits(given, "event", told.plan.frame.name):
            continue
        to = demand.plan.addressee
        if fits(given, "holder", demand.holder) and fits(given, "mode", f"mode:{demand.plan.mode}"):
            tail = (world.mode(demand), world.labels[demand.holder], world.labels[demand.named(to)] if to else "")
            for by in world.relayed(told):
                head = (by, told.name, world.labels[told.holder], world.polarity(told), world.certainty(told))
                yield *head, demand.name, *tail, told.passage


@answers("what-is-said-of-a-day", f"{PUT} possibility what words edtf", always="day", other="until")
def of_a_day(world: World, given: Given) -> Iterator[Row]:
    day = the_day(given, "day", date.min)
    for told in claims(world, given):
        when = told.plan.when
        how = when and possibility(when.edtf, day, the_day(given, "until", day))
        if when and how:
            yield from world.rows(told, how, world.labels[told.plan.frame.name], told.words(when.tag), when.edtf)


@answers(
    "what-is-said-to-have-happened-when",
    f"{PUT} possibility earliestBegin latestBegin earliestEnd latestEnd words",
)
def happened(world: World, given: Given) -> Iterator[Row]:
    first, last = the_day(given, "from", date.min), the_day(given, "to", date.max)
    for told in claims(world, given):
        when, where = told.plan.when, (told.plan.place, told.plan.near)
        how = when and possibility(when.edtf, first, last)
        named = {who for who, _ in told.parted} | {place.name for place in where if place}
        if when and how and fits(given, "place", *named):
            yield from world.rows(told, how, *map(shown, stamps(when.edtf)), told.words(when.tag))


@answers("what-is-told-of-a-place", f"{PUT} day where saidToLieThereBy claimsOfThat words", always="place")
def of_a_place(world: World, given: Given) -> Iterator[Row]:
    within: dict[str, list[Told]] = {place: [] for place in given["place"]}
    for told in world.claims:
        claim, where = told.plan, told.plan.place.name if told.plan.place else ""
        located = claim.frame.pattern.type == "location" and claim.positive and where in given["place"]
        for part in claim.parts if located and fits(given, "mapper", told.holder) else ():
            within.setdefault(part.who.name, []).append(told)
    for told in world.claims:
        when = told.plan.when
        for place in {where.name for where in (told.plan.place, told.plan.near) if where} & within.keys():
            if when:
                by_whom = ", ".join(sorted({world.labels[one.holder] for one in within[place]}))
                lies = (world.labels[place], by_whom, str(len(within[place])))
                yield from world.rows(told, shown(stamps(when.edtf)[0]), *lies, told.words(when.tag))


@answers("which-times-are-relative", "relayedBy claim holder mode of words edtf published passage")
def relative(world: World, given: Given) -> Iterator[Row]:
    for told in claims(world, given):
        for of, when in (("the event", told.plan.when), ("the statement", told.plan.said)):
            if when and when.relative:
                published = told.page.article.published.isoformat()
                for by in world.relayed(told):
                    head = (by, told.name, world.labels[told.holder], world.mode(told), of, told.words(when.tag))
                    yield *head, when.edtf, published, told.passage


@answers("what-remains-of-explicit-cues", f"{PUT} cue reportedIn article")
def explicit(world: World, given: Given) -> Iterator[Row]:
    for told in claims(world, given):
        through = all(link.plan.basis == "explicit-cue" for link in (told, *told.chain))
        if through:
            yield from world.rows(told, told.cue, told.above, told.article)


@answers("what-remains-without-a-voice", f"{PUT} reportedIn article")
def without(world: World, given: Given) -> Iterator[Row]:
    for told in claims(world, given):
        gone = {told.holder, *told.relays} & given["voice"] or told.article in given["withdrawn"]
        if not gone:
            yield from world.rows(told, told.above, told.article)


BOUNDS: Final = {"at-least": 1, "more-than": 1, "up-to": 2}
"""Which bound a number of this approximation is, minimum or maximum; that of another is the value itself."""


@answers("which-numbers-are-largest", f"{PUT} number approximation unit certainty quantity", other="unit")
def largest(world: World, given: Given) -> Iterator[Row]:
    found = [
        (-count.value, node, told, count)
        for told in world.claims
        for node, _, count in told.counts
        if count.value is not None and fits(given, "unit", count.unit)
    ]
    for _, node, told, count in sorted(found, key=lambda one: one[:2])[:20]:
        number = (str(count.value), world.label("approximation", count.close), count.unit)
        yield from world.rows(told, *number, world.certainty(told), node)


@answers("which-quantities-are-stated", f"{PUT} counted qualifier value minimum maximum unit outOf words")
def quantities(world: World, given: Given) -> Iterator[Row]:
    for told in claims(world, given):
        for _, part, count in told.counts:
            close = f"approximation:{count.close}"
            if fits(given, "closeness", close) and fits(given, "measure", count.unit):
                numbers = ["", "", ""]
                numbers[BOUNDS.get(count.close, 0)] = str(count.value or "")
                whole = told.words(count.out_of) if count.out_of else ""
                head = (world.labels[told.named(part.who)], world.labels[close], *numbers, count.unit)
                yield from world.rows(told, *head, whole, told.words(count.tag))


@answers("who-is-behind-a-number", f"{PUT} cue certainty number qualifier words article")
def behind_a_number(world: World, given: Given) -> Iterator[Row]:
    for told in world.claims:
        for _, _, count in told.counts:
            number = str(count.value or "")
            if number and fits(given, "value", number) and fits(given, "kind", *world.types(told)):
                close = world.label("approximation", count.close)
                head = (told.cue, world.certainty(told), number, close, told.words(count.tag))
                yield from world.rows(told, *head, told.article)


@answers("how-many-took-part-and-from-where", f"{PUT_BY_SPEAKER} part who number approximation outOf home homeClaim")
def how_many(world: World, given: Given) -> Iterator[Row]:
    homes: dict[Row, list[Row]] = defaultdict(list)
    for told in world.claims:
        if told.plan.frame.pattern.type == "provenance" and told.plan.positive and not told.plan.relay:
            located, origin = told.parts
            homes[told.holder, located.who.name].append((world.labels[origin.who.name], told.name))
    for told in claims(world, given):
        counts = {count.tag: count for _, _, count in told.counts}
        for _, part, count in told.counts:
            if fits(given, "role", f"role:{part.role}"):
                whole = str(counts[count.out_of].value) if count.out_of else ""
                who, close = told.named(part.who), world.label("approximation", count.close)
                head = (world.label("role", part.role), world.labels[who], str(count.value or ""), close, whole)
                for home in homes[told.holder, who] or [("", "")]:
                    yield from world.rows(told, *head, *home)


def related(world: World, given: Given) -> Iterator[tuple[Told, Told, str]]:
    """Pairs of claims about one event of which one is in an article, and how they relate."""
    for left, right, how in world.pairs:
        of_event = fits(given, "event", left.plan.frame.name) and fits(given, "article", left.article, right.article)
        if of_event and fits(given, "apart", str(left.article != right.article).lower()):
            yield left, right, how


def ends(world: World, left: Told, right: Told) -> Iterator[Row]:
    """Both claims of a pair, each with speaker, who relays it, and passage."""
    for by, other in product(world.relayed(left), world.relayed(right)):
        one = (left.name, world.labels[left.holder], by, left.passage)
        yield *one, right.name, world.labels[right.holder], other, right.passage


ENDS: Final = "left leftHolder leftRelayedBy leftPassage right rightHolder rightRelayedBy rightPassage"


@answers("how-do-accounts-of-one-event-differ", f"relation differsIn {ENDS}")
def differ(world: World, given: Given) -> Iterator[Row]:
    for left, right, how in related(world, given):
        kinds = {f"detail:{kind}" for kind in differing(world, left, right)}
        if fits(given, "detail", *kinds):
            labels = ", ".join(sorted(world.labels[kind] for kind in kinds))
            yield from ((world.labels[how], labels, *end) for end in ends(world, left, right) if kinds)


def differing(world: World, one: Told, two: Told) -> Iterator[str]:
    """In what two claims differ where both tell it, whether or not one of them says more."""
    here, there = world.truths[one.name], world.truths[two.name]
    for key in (here.details.keys() & there.details.keys()) - {"when"}:
        left, right = set[object](here.details[key]), set[object](there.details[key])
        if key.startswith("number "):
            yield from ["number"] if left != right else []
        elif not left <= right and not right <= left:
            yield KINDS.get(str(min(map(str, left - right))).partition(":")[0], "participant")
    if one.plan.when and two.plan.when and one.plan.when.edtf != two.plan.when.edtf:
        (first, last), (begin, end) = (truth.days(when.edtf) for when in (one.plan.when, two.plan.when))
        yield "date" if last < begin or end < first else "date-expression"
    yield from ["polarity"] if here.positive != there.positive else []
    yield from ["certainty"] if here.certainty != there.certainty else []
    yield from ["wording"] if here.loaded != there.loaded else []


KINDS: Final = {"event": "event", "place": "place"}
"""The kind of detail of an entry by its prefix; any other takes part."""


@answers("what-contradicts-across-perspectives", f"found {ENDS}")
def across(world: World, given: Given) -> Iterator[Row]:
    narrow = [perspective.selects for perspective in world.perspectives.values() if perspective.narrow]
    for left, right, how in related(world, given):
        if fits(given, "relation", how) and not any(selects(left) and selects(right) for selects in narrow):
            yield from ((world.labels[how], *end) for end in ends(world, left, right))


@answers("what-contradicts-itself-in-a-perspective", f"{PUT} perspective contradiction article")
def within(world: World, given: Given) -> Iterator[Row]:
    for name, perspective in world.perspectives.items():
        for left, right, how in related(world, given):
            wanted = fits(given, "perspective", name) and fits(given, "relation", how)
            if wanted and perspective.selects(left) and perspective.selects(right):
                slugs = sorted(one.name.partition(":")[2] for one in (left, right))
                for told in (left, right):
                    yield from world.rows(told, name, f"comparison:{'-and-'.join(slugs)}", told.article)


@answers("which-claims-are-independently-corroborated", f"tie {ENDS}")
def corroborated(world: World, given: Given) -> Iterator[Row]:
    for left, right, how in related(world, given):
        same = how == "relation:same-content" and left.article != right.article
        same = same and left.plan.mode in truth.COMMITTED
        if same and not guessed(world, left, right) and fits(given, "independence", tie := world.tie(left, right)):
            yield from ((world.labels[tie], *end) for end in ends(world, left, right))


def guessed(world: World, left: Told, right: Told) -> bool:
    """Whether somebody whom each article only describes is in both."""
    one, two = world.truths[left.name], world.truths[right.name]
    return bool(one.guessed & two.guessed & one.details.keys() & two.details.keys())


@answers("what-is-somebody-said-to-say", f"{PUT.replace('holder', 'speaker')} ownClaims own found")
def said_to_say(world: World, given: Given) -> Iterator[Row]:
    found = {frozenset((left.name, right.name)): world.labels[how] for left, right, how in world.pairs}
    own = Counter(told.holder for told in world.claims if not told.relays)
    for told in claims(world, given):
        if told.relays:
            same = [o.name for o in world.by_event[told.plan.frame.name] if o.holder == told.holder and not o.relays]
            relays = [by for by in told.relays if fits(given, "relay", by)]
            for name in same or [""]:
                tail = (str(own[told.holder]), name, found.get(frozenset((told.name, name)), ""))
                yield from (row for row in world.rows(told, *tail) if row[0] in {world.labels[by] for by in relays})


@answers("who-speaks-of-each-event", "event voiceCount independentVoices outletCount sides")
def speakers(world: World, given: Given) -> Iterator[Row]:
    for event, told in world.compared.items():
        counts = voices(world, told)
        sides = {world.sides.get(world.by_name[one.name].holder, "side:none") for one in told} - {"side:none"}
        if (
            fits(given, "event", event)
            and at_least(given, "voices", counts[0])
            and at_least(given, "outlets", counts[2])
        ):
            yield event, *map(str, counts), str(len(sides))


@answers("which-events-do-several-outlets-tell-of", "event voices independent told")
def several(world: World, given: Given) -> Iterator[Row]:
    for event, told in world.compared.items():
        counts = voices(world, told)
        if at_least(given, "outlets", counts[2]):
            yield event, *map(str, counts)


@answers("which-events-are-told-from-one-side", "frame only claims voices independentVoices outlets")
def one_sided(world: World, given: Given) -> Iterator[Row]:
    for event, told in world.by_event.items():
        sides = {world.sides.get(one.holder, "side:none") for one in told} - {"side:none"}
        if len(sides) == 1 and fits(given, "event", event) and fits(given, "side", *sides):
            counts = voices(world, world.compared[event]) if event in world.compared else ("", "", "")
            yield event, *(world.labels[side] for side in sides), str(len(told)), *map(str, counts)


def voices(world: World, told: Sequence[truth.Told]) -> tuple[int, int, int]:
    """How many voices some claims have, how many of these are independent of each other, and how many outlets."""
    named = [one for one in told if not one.unnamed]
    return (
        joined(told, one_voice),
        joined(named, lambda one, two: truth.independence(one, two, world.sharing) != "independent"),
        len({one.relays[-1] for one in told}),
    )


def one_voice(one: truth.Told, two: truth.Told) -> bool:
    """Whether two claims have one holder: somebody without a name is the same in two copies of a sentence."""
    nameless = all(told.unnamed and told.holder not in told.relays for told in (one, two))
    return one.holder == two.holder or (nameless and truth.independence(one, two) == "sharedText")


def joined(told: Sequence[truth.Told], tied: Callable[[truth.Told, truth.Told], bool]) -> int:
    """How many groups claims make where each is with all that it is tied to."""
    groups: list[list[truth.Told]] = []
    for one in told:
        near = [group for group in groups if any(tied(one, two) for two in group)]
        groups = [group for group in groups if group not in near] + [[one, *(two for group in near for two in group)]]
    return len(groups)


@answers("what-an-article-says-itself", f"{PUT.removeprefix('relayedBy ')} certainty takenForGrantedIn")
def says_itself(world: World, given: Given) -> Iterator[Row]:
    for told in claims(world, given):
        if told.plan.basis == "author-voice":
            yield from (row[1:] for row in world.rows(told, world.certainty(told), told.presupposed_in))


@answers("what-is-attributed-to-whom", f"{PUT} certainty cue when addressee")
def attributed(world: World, given: Given) -> Iterator[Row]:
    for told in claims(world, given):
        said, to = told.plan.said, told.plan.addressee
        tail = (told.words(said.tag) if said else "", world.labels[told.named(to)] if to else "")
        yield from world.rows(told, world.certainty(told), told.cue, *tail)


@answers("what-is-said-not-to-have-happened", "relayedBy claim holder mode certainty article passage")
def not_happened(world: World, given: Given) -> Iterator[Row]:
    for told in claims(world, given):
        if not told.plan.positive:
            for by in world.relayed(told):
                head = (by, told.name, world.labels[told.holder], world.mode(told), world.certainty(told))
                yield *head, told.article, told.passage


@answers("which-claims-are-vouched-for", f"{PUT} cue certainty naming article cuePassage", other="mode")
def vouched_for(world: World, given: Given) -> Iterator[Row]:
    for told in claims(world, given):
        if told.plan.factive and told.plan.cue:
            tail = (world.label("naming", told.plan.naming), told.article, told.anchor(told.plan.cue))
            yield from world.rows(told, told.cue, world.certainty(told), *tail)


@answers("which-claims-come-through-several-voices", "depth claimsBetween claim holder relayedBy mode polarity passage")
def through_several(world: World, given: Given) -> Iterator[Row]:
    for told in claims(world, given):
        depth = 1 + len(told.relays)
        if at_least(given, "voices", depth):
            head = (str(depth), str(len(told.chain)), told.name, world.labels[told.holder])
            yield *head, "; ".join(world.relayed(told)), world.mode(told), world.polarity(told), told.passage


@answers("which-claims-name", f"{PUT} certainty named as")
def names(world: World, given: Given) -> Iterator[Row]:
    for told in world.claims:
        found = {(role, who) for who, role in told.parted if fits(given, "part", role)}
        if not given["part"]:
            found |= set(told.mentions) | {("t:about", told.plan.frame.name)}
            found |= {("t:saidBy", who) for who in world.inner.get(told.name, ())}
        for as_, thing in found:
            if fits(given, "thing", thing):
                yield from world.rows(told, world.certainty(told), world.labels[thing], world.labels[as_])


@answers("who-is-somebody-said-to-be", f"{PUT} name relationIs to certainty")
def said_to_be(world: World, given: Given) -> Iterator[Row]:
    for told in world.claims:
        kind = told.plan.frame.pattern.type
        if kind in ("membership", "provenance") and told.parts and fits(given, "relation", *world.types(told)):
            who, whole = (told.named(part.who) for part in told.parts)
            if fits(given, "who", who):
                head = (world.labels[who], world.label("type", kind), world.labels[whole])
                yield from world.rows(told, *head, world.certainty(told))


@answers(
    "which-persons-are-accused",
    f"{PUT_BY_SPEAKER.replace('mode', 'how')} accused part kind certainty naming cue",
    always="who",
)
def accused(world: World, given: Given) -> Iterator[Row]:
    for told in claims(world, given):
        if not (told.plan.frame.pattern.negative or told.plan.mode in ("accused", "alleged")):
            continue
        for part in told.parts:
            person = isinstance(part.who, Entity) and part.who.kind == "foaf:Person"
            who = told.named(part.who)
            if part.role in CULPABLE and (who in given["who"] if given["who"] else person):
                head = (world.labels[who], world.label("role", part.role), world.labels[world.types(told)[0]])
                tail = (world.certainty(told), world.label("naming", told.plan.naming), told.cue)
                yield from world.rows(told, *head, *tail)


@answers("what-is-alleged-of-somebody", f"{PUT} accused part harmful vouched loadedWords")
def alleged(world: World, given: Given) -> Iterator[Row]:
    for told in claims(world, given):
        harmful = told.plan.frame.pattern.negative
        for who, role in told.parted:
            blamed = role == "role:permitted-party" or role.partition(":")[2] in CULPABLE
            if blamed and who != told.holder and fits(given, "who", who) and (told.plan.positive or not harmful):
                judging = {
                    told.words(word.tag)
                    for word in told.line.sentence.loaded
                    if told.named(word.target) == who and word.sentiment == "negative"
                }
                tail = ("true" if harmful else "", "true" if told.plan.factive else "", "; ".join(sorted(judging)))
                yield from world.rows(told, world.labels[who], world.labels[role], *tail)


@answers("do-the-accused-answer", f"{PUT.replace('claim', 'reply')} accused accusations accusers claimsHeld answered")
def answer(world: World, given: Given) -> Iterator[Row]:
    found: dict[str, list[Told]] = defaultdict(list)
    for told in world.claims:
        harmful, above = told.plan.frame.pattern.negative, told.plan.mode in ("accused", "alleged")
        bad = (harmful or above) if told.plan.positive else not harmful
        for who in {told.named(part.who) for part in told.parts if part.role in CULPABLE} - {told.holder}:
            if bad and told.plan.mode in truth.COMMITTED and fits(given, "accused", who):
                found[who].append(told)
    for who, accusations in found.items():
        events = {told.plan.frame.name for told in accusations}
        allied = {name for name, side in world.sides.items() if side == world.sides.get(who, "") != "side:none"}
        replies = [
            other
            for event in events
            for other in world.by_event[event]
            if other.holder in {who, *allied}
            if any(told != other and told.plan.frame.name == event for told in accusations)
        ]
        accusers = "; ".join(sorted({world.labels[told.holder] for told in accusations}))
        held = sum(told.holder == who for told in world.claims)
        tail = (who, str(len(accusations)), accusers, str(held))
        for other in replies:
            yield from world.rows(other, *tail, "true")
        if not replies:
            yield "", "", "", "", "", "", *tail, "false"


@answers("which-sentences-are-shared", "passage credited claims other otherCredited otherClaims howFar")
def shared(world: World, given: Given) -> Iterator[Row]:
    for (page, line), (other, copy), how in world.shared:
        articles = [f"article:{one.article.slug}" for one in (page, other)]
        if fits(given, "article", *articles) and fits(given, "sharing", how):
            yield *resting(world, page, line), *resting(world, other, copy), world.labels[how]


def resting(world: World, page: Printed, line: Line) -> Row:
    """A sentence, who is credited in it, and how many claims rest on it."""
    own = [Told(claim, page, line, number) for number, claim in enumerate(line.sentence.claims)]
    credited = {world.labels[told.holder] for told in own if told.plan.basis in ("explicit-cue", "scope-carried-over")}
    return f"anchor:{page.article.slug}-{line.name}", ", ".join(sorted(credited)), str(len(own) or "")


@answers("which-name-forms-are-used", "thing form uses usedBy article passage")
def name_forms(world: World, given: Given) -> Iterator[Row]:
    uses: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    forms: dict[str, set[str]] = defaultdict(set)
    for page in world.pages:
        for line in page.sentences:
            for tag, who in line.sentence.names:
                told, form = Told(line.sentence.claims[0], page, line, 0), page.text[slice(*line.spans[tag])]
                uses[who.name, form, told.article].append((told.outlet, told.anchor(tag)))
                forms[who.name] |= {*who.words}
    for (thing, form, article), found in uses.items():
        outlet, first = found[0]
        if fits(given, "thing", thing) and fits(given, "outlet", outlet):
            yield thing, form, str(len(found)), world.labels[outlet], article, first
    used = {(thing, form) for thing, form, _ in uses}
    for thing, words in forms.items():
        for form in words:
            if not given["outlet"] and fits(given, "thing", thing) and (thing, form) not in used:
                yield thing, form, "0", "", "", ""


@answers("which-loaded-words-for-whom", "article target sentiment uses perThousandWords words passage")
def loaded_words(world: World, given: Given) -> Iterator[Row]:
    found: dict[tuple[str, str, str], list[tuple[Told, str]]] = defaultdict(list)
    for page in world.pages:
        for line in page.sentences:
            for word in line.sentence.loaded:
                told = Told(line.sentence.claims[0], page, line, 0)
                target, leaning = told.named(word.target), f"sentiment:{word.sentiment}"
                if fits(given, "sort", target.partition(":")[0]) and fits(given, "leaning", leaning):
                    found[told.article, target, leaning].append((told, word.tag))
    for (article, target, leaning), uses in found.items():
        if fits(given, "article", article) and fits(given, "target", target):
            first, words = uses[0], "; ".join(told.words(tag) for told, tag in uses)
            rate = f"{floor(100000 * len(uses) / first[0].page.words + 0.5) / 100:g}"
            yield article, target, world.labels[leaning], str(len(uses)), rate, words, first[0].anchor(first[1])


@answers("which-words-are-behind-a-claim", "relayedBy claim holder kind words of passage start end", always="claim")
def words_behind(world: World, given: Given) -> Iterator[Row]:
    for told in (told for told in world.claims if told.name in given["claim"]):
        sentence, spans = told.line.sentence, told.line.spans
        found: set[Row] = {("passage", "", "", told.passage, str(told.line.start), str(told.line.end))}
        tagged = [("name form", tag, world.labels[who.name]) for tag, who in sentence.names]
        tagged += [("loaded wording", word.tag, world.labels[told.named(word.target)]) for word in sentence.loaded]
        if told.plan.cue:
            tagged.append(("cue that vouches" if told.plan.factive else "cue", told.plan.cue, ""))
        found |= {(kind, told.words(tag), of, told.anchor(tag), *map(str, spans[tag])) for kind, tag, of in tagged}
        loose = [("quantity", count.tag) for _, _, count in told.counts]
        loose += [("time", told.plan.when.tag)] if told.plan.when else []
        loose += [("time of the statement", told.plan.said.tag)] if told.plan.said else []
        found |= {(kind, told.words(tag), "", "", "", "") for kind, tag in loose}
        for by in world.relayed(told):
            yield from ((by, told.name, world.labels[told.holder], *row) for row in found)


@answers("which-sentences-are-not-encoded", "article left passage start end why")
def not_encoded(world: World, given: Given) -> Iterator[Row]:
    for page in world.pages:
        article = f"article:{page.article.slug}"
        for line in page.sentences:
            reason = f"excuse:{line.sentence.excuse}"
            wanted = not line.sentence.claims and fits(given, "reason", reason)
            if wanted and fits(given, "article", article):
                anchor = f"anchor:{page.article.slug}-{line.name}"
                yield article, "sentence", anchor, str(line.start), str(line.end), world.labels[reason]
        for kind, start, end in page.sections:
            resting = any(start <= line.start < end for line in page.sentences if line.sentence.claims)
            if not resting and not given["reason"] and fits(given, "article", article):
                yield article, "part of the page", "", str(start), str(end), world.label("section", kind)


@answers("what-is-registered", "entry namedIn holderOf")
def registered(world: World, given: Given) -> Iterator[Row]:
    naming, holding = Counter[str](), Counter(told.holder for told in world.claims)
    for told in world.claims:
        named = {who for who, _ in told.parted} | {who for _, who in told.mentions}
        naming.update(named | world.inner.get(told.name, set()) | {told.plan.frame.name})
    for entry in world.labels:
        kind = entry.partition(":")[0]
        wanted = kind in ("actor", "event", "object", "place") and fits(given, "sort", kind)
        if wanted and at_least(given, "claims", naming[entry]):
            yield entry, str(naming[entry]), str(holding[entry])
