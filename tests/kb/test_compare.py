"""How claims relate, what ties them, who counts as a voice, and what changes on the way."""

from itertools import combinations

import pytest

from kb import compare as comparing
from kb.compare import Compared, Comparison, compare
from kb.compare.dependence import TIES
from kb.compare.drift import CHANGES
from kb.compare.given import Given, read
from kb.compare.relations import RULES
from kb.compare.statements import name_of, with_comparisons
from kb.dataset import Dataset, parse
from kb.derive import derive
from kb.model import Source
from kb.namespaces import iri, shorten, turtle_prologue
from kb.paths import ontology_dir
from kb.sources import read_folder

GAZETTE, COURIER, HERALD = "2024-03-05-gazette", "2024-03-06-courier", "2024-03-07-herald"
VOCABULARY = parse(read_folder(ontology_dir(), "*.ttl"))
BARRELS = "role:cargo object:barrels"
FORTY = f"{BARRELS} exact 40"


def article(slug: str, *, outlet: str = "") -> str:
    return (
        f'article:{slug} a schema:NewsArticle ; schema:publisher actor:{outlet or slug[11:]} ;'
        f' schema:datePublished "{slug[:10]}"^^xsd:date ; t:snapshot snapshot:{slug} .\n'
    )  # fmt: skip


def claim(
    name: str,
    slug: str,
    *parts: str,
    holder: str = "",
    above: str = "",
    when: str = "",
    at: int = 0,
    frame: str = "event:barrels",
    kind: str = "sem:Event",
    more: str = "",
    **values: str,
) -> str:
    """A claim and its graph; each part is a role, a participant, and perhaps an approximation and a number."""
    full = f"claim:{slug}-{name}"
    said = {"mode": "stated", "certainty": "certain", "polarity": "positive", "attributionBasis": "explicit-cue"}
    said |= {"sourceNaming": "institution"} | ({} if holder else {"attributionBasis": "author-voice"}) | values
    prefixes = {"attributionBasis": "basis", "sourceNaming": "naming"}
    block = "".join(f" t:{key} {prefixes.get(key, key)}:{value} ;" for key, value in said.items())
    found = [
        f"{full} a t:Claim ; t:about {frame} ; t:evidence anchor:{slug}-{name} ;{block}"
        f" t:holder {holder or f'actor:{slug[11:]}'} ; t:reportedIn {above or f'article:{slug}'} .",
        f"anchor:{slug}-{name} a oa:SpecificResource ; oa:hasSource snapshot:{slug} ; t:start {at} ; t:end {at + 9} .",
        f"{full} {{ {frame} a {kind} ; sem:eventType type:transport {more}.",
    ]
    for number, part in enumerate(parts):
        role, who, *count = part.split()
        node = f"node:{slug}-{name}-{number}"
        found.append(f"{frame} t:participation {node} . {node} sem:roleType {role} ; t:participant {who} .")
        if count:
            bound = {"at-least": "minValue", "more-than": "minValue", "up-to": "maxValue"}.get(count[0], "value")
            found.append(
                f'{node} t:quantity {node}-n . {node}-n schema:unitText "barrel" ;'
                f" t:approximation approximation:{count[0]} ; schema:{bound} {count[1]} ."
            )
    if when:
        node = f"node:{slug}-{name}-when"
        found.append(f'{frame} sem:hasTime {node} . {node} t:edtf "{when}"^^edtf:EDTF .')
    return "\n".join([*found, "}\n"])


def data(*texts: str) -> Dataset:
    """The ontology, three articles of three outlets, and what is given."""
    text = "".join(map(article, (GAZETTE, COURIER, HERALD))) + "".join(texts)
    return VOCABULARY.with_quads(parse([Source("x.trig", turtle_prologue() + text, True)]).quads)


def given(*texts: str) -> Given:
    return read(data(*texts))


def only(dataset: Dataset) -> Comparison:
    (one,) = [one for frame in compare(read(dataset)).frames for one in frame.comparisons]
    return one


def related(left: str, right: str) -> tuple[str, tuple[str, ...], str]:
    """Relation, details that differ, and the slug of the article whose claim says more or is first."""
    relation = only(data(left, right)).relation
    return relation.relation, relation.differs_in, relation.left.claim.rpartition("/")[2][11:].partition("-")[0]


@pytest.mark.parametrize(
    ("ours", "theirs", "relation", "differs"),
    [
        (FORTY, FORTY, "same-content", ()),
        (FORTY, f"{BARRELS} exact 30", "contradicts", ("number",)),
        (FORTY, f"{BARRELS} at-least 41", "contradicts", ("number",)),
        (FORTY, f"{BARRELS} more-than 40", "contradicts", ("number",)),
        (FORTY, f"{BARRELS} more-than 30", "differs-in-detail", ("number",)),
        (FORTY, f"{BARRELS} about 30", "differs-in-detail", ("number",)),
        (FORTY, f"{BARRELS} up-to 40", "differs-in-detail", ("number",)),
        (FORTY, f"{BARRELS} nearly 40", "contradicts", ("number",)),
        (FORTY, f"{BARRELS} nearly 41", "differs-in-detail", ("number",)),
        (FORTY, BARRELS, "narrower", ()),
        (FORTY, "role:cargo object:crates exact 40", "differs-in-detail", ("participant",)),
        (FORTY, "role:origin place:eastquay", "compatible", ()),
        ("role:origin place:eastquay", "role:origin place:westquay", "differs-in-detail", ("place",)),
    ],
)
def test_details_decide_how_claims_relate(ours: str, theirs: str, relation: str, differs: tuple[str, ...]) -> None:
    """Counts that leave nothing open between them exclude each other; whatever else is not the same need not."""
    places = "place:eastquay a geo:Feature . place:westquay a geo:Feature .\n"
    found = related(places + claim("x", GAZETTE, ours), claim("x", COURIER, theirs))
    assert found == (relation, differs, "gazette")


@pytest.mark.parametrize(
    ("ours", "theirs", "relation", "differs", "first"),
    [
        ("2024-03-01", "2024-03-01", "same-content", (), "gazette"),
        ("2024-03-01", "2024-03-04", "contradicts", ("date",), "gazette"),
        ("2024-03-01~", "2024-03-04", "differs-in-detail", ("date",), "gazette"),
        ("2024-03-01", "[2024-03-01..2024-03-04]", "narrower", ("date-expression",), "gazette"),
        ("2024-03", "2024-03-04", "narrower", ("date-expression",), "courier"),
        ("[2024-03-01..2024-03-03]", "[2024-03-02..2024-03-05]", "compatible", ("date-expression",), "gazette"),
        ("2024-03-01", "", "narrower", (), "gazette"),
    ],
)
def test_a_time_that_may_be_the_same_is_no_other_date(
    ours: str, theirs: str, relation: str, differs: tuple[str, ...], first: str
) -> None:
    """Only days that leave nothing open between them exclude each other; the narrower of two times says more."""
    assert related(claim("x", GAZETTE, when=ours), claim("x", COURIER, when=theirs)) == (relation, differs, first)


def test_a_state_may_hold_on_two_days() -> None:
    """Two days of a state differ and do not contradict."""
    left = claim("x", GAZETTE, when="2024-03-01", kind="t:State")
    right = claim("x", COURIER, when="2024-03-04", kind="t:State")
    assert related(left, right)[:2] == ("differs-in-detail", ("date",))


def test_the_day_of_writing_excludes_no_other() -> None:
    """What is said to go on today by an article of one day may go on for an article of the next."""
    found = []
    for slug in (GAZETTE, COURIER):
        text = claim("x", slug, when=slug[:10])
        found.append(text.replace("t:edtf", f"t:relativeTo article:{slug} ; t:edtf"))
    assert related(*found)[0] == "differs-in-detail"


@pytest.mark.parametrize(
    ("affirmed", "denied", "relation"),
    [
        (FORTY, FORTY, "contradicts"),
        (FORTY, BARRELS, "contradicts"),
        (BARRELS, FORTY, "compatible"),
        (FORTY, f"{BARRELS} exact 30", "compatible"),
    ],
)
def test_a_denial_contradicts_only_who_affirms_all_of_it(affirmed: str, denied: str, relation: str) -> None:
    """Who denies that thirty were sent does not contradict who says that forty were, and still differs in polarity."""
    found = related(claim("x", GAZETTE, affirmed), claim("x", COURIER, denied, polarity="negative"))
    assert found[:2] == (relation, ("number", "polarity") if "30" in denied else ("polarity",))


def test_of_two_denials_the_one_with_fewer_details_says_more() -> None:
    """That nothing was sent takes in that nothing was sent to one place, and two denied numbers exclude nothing."""
    left, right = claim("x", GAZETTE, FORTY, polarity="negative"), claim("x", COURIER, BARRELS, polarity="negative")
    assert related(left, right) == ("narrower", (), "courier")
    other = claim("x", COURIER, f"{BARRELS} exact 30", polarity="negative")
    assert related(left, other)[0] == "differs-in-detail"


@pytest.mark.parametrize(
    ("wider", "first"), [("[2024-03-01..2024-03-07]", "gazette"), ("2024-03-01/2024-03-07", "courier"), ("", "courier")]
)
def test_of_two_denials_the_closer_day_of_several_says_more(wider: str, first: str) -> None:
    """One refusal on a day of last week is told closer by its date; that nothing came all week denies more."""
    left = claim("x", GAZETTE, when="2024-03-04", polarity="negative")
    right = claim("x", COURIER, when=wider, polarity="negative")
    found = related(left, right)
    assert (found[0], found[2]) == ("narrower", first)


def test_certainty_tells_same_details_apart() -> None:
    """The same details with another certainty differ in certainty, and in nothing else."""
    found = related(claim("x", GAZETTE, FORTY), claim("x", COURIER, FORTY, certainty="probable"))
    assert found[:2] == ("differs-in-certainty", ("certainty",))


def loaded(slug: str, words: str, target: str = "event:barrels") -> str:
    return (
        f'node:{slug}-w a oa:Annotation ; oa:hasTarget anchor:{slug}-w ; oa:hasBody node:{slug}-b .\n'
        f'anchor:{slug}-w oa:hasSource snapshot:{slug} ; t:start 2 ; t:end 5 ; t:exactWords "{words}"@en .\n'
        f"node:{slug}-b a t:LoadedWording ; t:target {target} .\n"
    )  # fmt: skip


def test_loaded_words_tell_same_details_apart() -> None:
    """The same details in words that judge and in words that do not differ in wording; in the same words they agree."""
    ours, theirs = claim("x", GAZETTE, FORTY), claim("x", COURIER, FORTY)
    assert related(loaded(GAZETTE, "filthy") + ours, theirs)[:2] == ("differs-in-wording", ("wording",))
    assert related(loaded(GAZETTE, "filthy") + ours, loaded(COURIER, "foul") + theirs)[0] == "differs-in-wording"
    assert related(loaded(GAZETTE, "filthy") + ours, loaded(COURIER, "Filthy") + theirs)[0] == "same-content"
    more = claim("x", COURIER, FORTY, "role:origin place:eastquay")
    assert related(loaded(GAZETTE, "filthy") + ours, more)[:2] == ("narrower", ("wording",))


def test_words_on_somebody_named_count_where_one_claim_of_the_passage_tells_of_them() -> None:
    """Of two claims of one sentence none is known to be judged by a word on the barrels; what names a thing counts."""
    ours, theirs = claim("x", GAZETTE, FORTY), claim("x", COURIER, FORTY)
    words = loaded(GAZETTE, "filthy", "object:barrels")
    assert related(words + ours, theirs)[0] == "differs-in-wording"
    beside = claim("y", GAZETTE, BARRELS, frame="event:leak")
    assert only(data(words, ours, beside, theirs)).relation.relation == "same-content"
    of_event = "event:barrels a t:EventFrame .\n" + loaded(GAZETTE, "filthy")
    assert only(data(of_event, ours, beside, theirs)).relation.relation == "differs-in-wording"
    groups = described(GAZETTE) + described(COURIER)
    us, them = (claim("x", slug, f"role:agent actor:{slug}-fishermen") for slug in (GAZETTE, COURIER))
    words = loaded(GAZETTE, "greedy", f"actor:{GAZETTE}-fishermen")
    assert related(groups + words + us, them)[0] == "differs-in-wording"


def described(slug: str, noun: str = "fishermen") -> str:
    """A group known by an article's description, as agent; the entry and the part."""
    name = f"actor:{slug}-{noun}"
    return f'{name} a t:DescribedGroup ; rdfs:label "people described as {noun} ({slug[11:]})"@en .\n'


def test_people_described_alike_are_only_possibly_the_same() -> None:
    """Same content of people whom each article only describes is only possibly so, and contradicts nothing."""
    groups = described(GAZETTE) + described(COURIER)
    us, them = f"role:agent actor:{GAZETTE}-fishermen", f"role:agent actor:{COURIER}-fishermen"
    one = only(data(groups, claim("x", GAZETTE, us), claim("x", COURIER, them)))
    assert (one.relation.relation, one.relation.possibly, one.corroborates) == ("same-content", True, False)
    counted = only(data(groups, claim("x", GAZETTE, f"{us} exact 40"), claim("x", COURIER, f"{them} exact 30")))
    assert counted.relation.relation == "differs-in-detail"
    denied = only(data(groups, claim("x", GAZETTE, us), claim("x", COURIER, them, polarity="negative")))
    assert denied.relation.relation == "compatible"


def test_frames_that_are_possibly_one_are_compared_with_care() -> None:
    """Claims about two events that an editor calls possibly the same neither contradict nor support each other."""
    same = "event:barrels t:possiblySameAs event:casks .\n"
    left = claim("x", GAZETTE, FORTY, holder="actor:office")
    for number, relation in (("40", "same-content"), ("30", "differs-in-detail")):
        right = claim("x", COURIER, f"{BARRELS} exact {number}", holder="actor:fisher", frame="event:casks")
        one = only(data(same, left, right))
        assert (one.relation.relation, one.relation.possibly, one.corroborates) == (relation, True, False)
    assert compare(given(left, right)).frames[0].comparisons == ()


REFUSED = {"mode": "refused", "polarity": "negative"}


@pytest.mark.parametrize(
    ("wanted", "refused", "relation"),
    [
        (FORTY, FORTY, "opposes"),
        (FORTY, BARRELS, "opposes"),
        (BARRELS, FORTY, "compatible"),
        (FORTY, f"{BARRELS} exact 30", "compatible"),
    ],
)
@pytest.mark.parametrize("mode", ["demanded", "promised"])
def test_a_refusal_opposes_whoever_wants_all_that_is_refused(
    mode: str, wanted: str, refused: str, relation: str
) -> None:
    """Who refuses to send barrels opposes the demand for forty; who refuses to send thirty does not."""
    found = related(claim("x", GAZETTE, wanted, mode=mode), claim("x", COURIER, refused, **REFUSED))
    assert found[:2] == (relation, ("number", "polarity") if "30" in refused else ("polarity",))


@pytest.mark.parametrize(
    ("theirs", "values", "relation"),
    [
        (FORTY, {}, "same-content"),
        (FORTY, {"mode": "promised"}, "same-content"),
        (FORTY, {"polarity": "negative"}, "opposes"),
        (BARRELS, {}, "narrower"),
        (f"{BARRELS} exact 30", {}, "differs-in-detail"),
    ],
)
def test_what_two_want_may_be_the_same_and_supports_nothing(theirs: str, values: dict[str, str], relation: str) -> None:
    """Two demands of independent voices agree or differ, and neither corroborates, contradicts or changes the other."""
    demanded = {"mode": "demanded"}
    first = claim("x", GAZETTE, FORTY, holder="actor:office", **demanded)
    then = claim("x", COURIER, theirs, holder="actor:fisher", **(demanded | values))
    one = only(data(first, then))
    assert (one.relation.relation, one.tie.independence, one.corroborates) == (relation, "independent", False)
    hedged = claim("x", GAZETTE, FORTY, **demanded, certainty="possible")
    assert drifts(hedged, claim("x", COURIER, theirs, **(demanded | values))) == set()


def test_two_refusals_may_be_the_same() -> None:
    """A refusal and a demand that it not be are the same, and the one with fewer details refuses more."""
    ours = claim("x", GAZETTE, FORTY, **REFUSED)
    not_to_be = {"mode": "demanded", "polarity": "negative"}
    assert related(ours, claim("x", COURIER, FORTY, **not_to_be))[0] == "same-content"
    assert related(ours, claim("x", COURIER, BARRELS, **REFUSED)) == ("narrower", (), "courier")


def test_voices_are_counted_among_those_who_say_what_is_so() -> None:
    """Who wants something tells of no event that it was; a frame on which all only want has no counts of voices."""
    wanted = [claim(name, COURIER, FORTY, at=at, mode="demanded", **FISHER) for name, at in (("x", 0), ("y", 20))]  # type: ignore[arg-type]
    (frame,) = compare(given(*wanted)).frames
    assert frame.counts is None and len(frame.comparisons) == 1
    (frame,) = compare(given(claim("x", GAZETTE, FORTY), *wanted)).frames
    assert frame.counts is not None and frame.counts.voices == 1


@pytest.mark.parametrize("mode", ["asked", "demanded", "predicted", "promised", "refused"])
def test_only_what_holders_commit_to_is_compared_with_what_is_so(mode: str) -> None:
    """A demand and the like is not compared with what somebody says to be so, nor is what stands inside of it."""
    committed = claim("x", GAZETTE, FORTY)
    assert compare(given(committed, claim("x", COURIER, FORTY, mode=mode))).frames[0].comparisons == ()
    above = f"claim:{COURIER}-above a t:Claim ; t:mode mode:{mode} ; t:polarity polarity:positive ;\n"
    above += f" t:holder actor:herald ; t:reportedIn article:{COURIER} .\n"
    inner = claim("x", COURIER, FORTY, holder="actor:office", above=f"claim:{COURIER}-above")
    assert compare(given(committed, above, inner)).frames[0].comparisons == ()


def relay(slug: str, holder: str) -> str:
    return (
        f"claim:{slug}-relay a t:Claim ; t:mode mode:reported ; t:polarity polarity:positive ; t:certainty"
        f" certainty:certain ; t:holder {holder} ; t:reportedIn article:{slug} .\n"
    )


REUSE = (
    f"reuse:one a t:TextReuse ; t:ratio 0.9 ; t:passage anchor:{GAZETTE}-p , anchor:{COURIER}-p .\n"
    f"anchor:{GAZETTE}-p oa:hasSource snapshot:{GAZETTE} ; t:start 0 ; t:end 9 .\n"
    f"anchor:{COURIER}-p oa:hasSource snapshot:{COURIER} ; t:start 0 ; t:end 9 .\n"
)
CONTAINED = REUSE.replace("t:ratio 0.9", "t:containment 1.0 ; t:ratio 0.7")
OFFICE, FISHER = {"holder": "actor:office"}, {"holder": "actor:fisher"}


@pytest.mark.parametrize(
    ("ours", "theirs", "beside", "rule"),
    [
        (OFFICE, FISHER, "", "no-tie-known"),
        ({}, {}, "", "no-tie-known"),
        (OFFICE, FISHER, REUSE, "shared-passage"),
        (OFFICE, FISHER, CONTAINED, "shared-passage"),
        (OFFICE, FISHER, CONTAINED.replace("1.0", "0.9"), "no-tie-known"),
        (OFFICE, FISHER, CONTAINED.replace("0.7", "0.6"), "no-tie-known"),
        (OFFICE, OFFICE, "", "same-holder"),
        ({}, {}, "actor:gazette schema:parentOrganization actor:o . actor:courier schema:parentOrganization actor:o .",
         "one-owner"),
        ({}, {"holder": "actor:gazette"}, "", "same-holder"),
        ({}, {**FISHER, "above": f"claim:{COURIER}-relay"}, relay(COURIER, "actor:gazette"), "credited-voice"),
        ({"above": f"claim:{GAZETTE}-relay"}, {**FISHER, "above": f"claim:{COURIER}-relay"},
         relay(GAZETTE, "actor:herald") + relay(COURIER, "actor:gazette"), "self-citation"),
        (OFFICE, FISHER, f"node:c a t:Credit ; t:evidence anchor:{COURIER}-x ; t:creditedText article:{GAZETTE} .",
         "credited-text"),
        ({**OFFICE, "above": f"claim:{GAZETTE}-relay"}, {**FISHER, "above": f"claim:{COURIER}-relay"},
         relay(GAZETTE, "actor:herald") + relay(COURIER, "actor:herald"), "common-relay"),
        (OFFICE, {**FISHER, "sourceNaming": "anonymous"}, "", "unnamed-source"),
        (OFFICE, {"attributionBasis": "implied-by-passive"}, "", "unnamed-source"),
        (OFFICE, FISHER, "actor:office t:possiblySameAs actor:fisher .", "possibly-same-holder"),
        ({"at": 20}, {**FISHER, "at": 20}, REUSE + claim("y", GAZETTE, frame="event:other")
         + claim("y", COURIER, frame="event:another"), "text-shared-elsewhere"),
    ],
)  # fmt: skip
def test_claims_are_independent_only_where_no_tie_is_known(
    ours: dict[str, str], theirs: dict[str, str], beside: str, rule: str
) -> None:
    """Text, origin, credit, owner, relay, an unnamed source or a possible identity each take independence away."""
    text = (beside, claim("x", GAZETTE, FORTY, **ours), claim("x", COURIER, FORTY, **theirs))  # type: ignore[arg-type]
    one = only(data(*text))
    assert one.tie.name == rule
    assert one.corroborates == (rule == "no-tie-known")
    counts = next(frame.counts for frame in compare(given(*text)).frames if frame.comparisons)
    assert counts is not None
    assert counts.independent_voices == (2 if rule == "no-tie-known" else 1)


def test_two_voices_of_one_article_are_not_called_independent() -> None:
    """One outlet relays both, and what of it is its own nobody can tell."""
    one = only(data(claim("x", GAZETTE, FORTY, **OFFICE), claim("y", GAZETTE, FORTY, at=20, **FISHER)))  # type: ignore[arg-type]
    assert (one.tie.name, one.tie.independence) == ("common-relay", "unknown")
    own = only(data(claim("x", GAZETTE, FORTY), claim("y", GAZETTE, FORTY, at=20, **FISHER)))  # type: ignore[arg-type]
    assert own.tie == one.tie


def test_counts_say_who_speaks_and_how_many_are_independent() -> None:
    """Holders, outlets and sides are counted once each; unnamed sources are voices, but add no independent one."""
    sides = "actor:office t:side side:russia . actor:fisher t:side side:none .\n"
    claims = [
        claim("x", GAZETTE, FORTY, **OFFICE),  # type: ignore[arg-type]
        claim("x", COURIER, FORTY, **FISHER),  # type: ignore[arg-type]
        claim("y", COURIER, FORTY, at=20, **FISHER),  # type: ignore[arg-type]
        claim("x", HERALD, FORTY, holder="actor:herald-sources", sourceNaming="anonymous"),
    ]
    (frame,) = compare(given(sides, *claims)).frames
    counts = frame.counts
    assert counts is not None
    assert (counts.voices, counts.independent_voices, counts.outlets, counts.sides) == (3, 2, 3, 1)
    (alone,) = compare(given(claims[3])).frames
    assert (alone.counts.voices, alone.counts.independent_voices) == (1, 0)


def test_a_third_article_joins_two_only_where_it_speaks_too() -> None:
    """Who shares a sentence with a third article is joined to its claims, and to another such article through them."""
    shared = [
        REUSE.replace("reuse:one", f"reuse:{at}")
        .replace(COURIER, HERALD)
        .replace(GAZETTE, slug)
        .replace("-p", f"-p{at}")
        for at, slug in enumerate((GAZETTE, COURIER))
    ]
    elsewhere = [claim("y", slug, frame=f"event:{slug[11:]}") for slug in (GAZETTE, COURIER, HERALD)]
    own = [claim("x", slug, FORTY, at=20) for slug in (GAZETTE, COURIER)]
    counts = {frame.name: frame.counts for frame in compare(given(*shared, *elsewhere, *own)).frames}
    assert counts[iri("event:barrels")].independent_voices == 2
    third = claim("x", HERALD, FORTY, at=20, **FISHER)  # type: ignore[arg-type]
    counts = {frame.name: frame.counts for frame in compare(given(*shared, *elsewhere, *own, third)).frames}
    assert counts[iri("event:barrels")].independent_voices == 1


def test_unnamed_sources_of_one_shared_passage_are_one_voice() -> None:
    """“Sources say” in a sentence that two articles share is counted once; in two sentences it is two voices."""
    unnamed = [
        claim("x", slug, FORTY, holder=f"actor:{slug}-sources", sourceNaming="anonymous") for slug in (GAZETTE, COURIER)
    ]
    (shared,) = compare(given(REUSE, *unnamed)).frames
    assert (shared.counts.voices, shared.counts.independent_voices) == (1, 0)
    (apart,) = compare(given(*unnamed)).frames
    assert (apart.counts.voices, apart.counts.independent_voices) == (2, 0)


def many(size: int) -> Compared:
    """What is found of one frame with so many claims, of which every fifth gives another number."""
    claims = [claim(f"c{n}", GAZETTE, f"{BARRELS} exact {n % 5}", at=10 * n) for n in range(size)]
    return compare(given(*claims))


def test_a_frame_with_too_many_claims_is_compared_by_accounts() -> None:
    """Every claim stands in one account, accounts are compared, and it is said how many pairs have no comparison."""
    (few,) = many(comparing.EACH_WITH_EACH).frames
    assert (few.accounts, few.uncompared) == ((), 0)
    (frame,) = many(200).frames
    assert sorted(len(account.claims) for account in frame.accounts) == [40] * 5
    assert len(frame.comparisons) == 10
    assert frame.uncompared == 200 * 199 // 2 - 10


def test_of_too_many_accounts_each_is_compared_with_the_commonest() -> None:
    """The number of comparisons grows with the number of claims and not with its square."""
    claims = [claim(f"c{n}", GAZETTE, f"{BARRELS} exact {n}", at=10 * n) for n in range(300)]
    (frame,) = compare(given(*claims)).frames
    limit = comparing.EACH_WITH_EACH
    assert len(frame.comparisons) == limit * (limit - 1) // 2 + limit * (300 - limit)
    compared = set().union(*(one.pair for one in frame.comparisons))
    assert len(compared) == 300
    assert frame.uncompared == 300 * 299 // 2 - len(frame.comparisons)


def test_pairs_across_frames_that_may_be_one_are_counted_where_they_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of two large frames that are possibly one, the pairs that are not compared are among those that are counted."""
    monkeypatch.setattr(comparing, "EACH_WITH_EACH", 2)
    claims = [
        claim(f"{frame}{n}", GAZETTE, f"{BARRELS} exact {n}", at=10 * n, frame=f"event:{frame}")
        for n in range(3)
        for frame in ("barrels", "casks")
    ]
    same = "event:barrels t:possiblySameAs event:casks .\n"
    barrels, casks = compare(given(same, *claims)).frames
    assert [len(barrels.comparisons) + barrels.uncompared, len(casks.comparisons) + casks.uncompared] == [3 + 9, 3]
    assert barrels.uncompared == 9


def drifts(*texts: str) -> set[tuple[str, str]]:
    return {(drift.kind, drift.rule) for drift in compare(given(*texts)).drifts}


@pytest.mark.parametrize(
    ("ours", "theirs", "gained", "lost", "rule"),
    [
        ({"certainty": "possible"}, {}, "certainty-gained", "certainty-lost", "surer-later"),
        ({"certainty": "underspecified", "mode": "alleged"}, {}, "certainty-gained", "certainty-lost", "hedge-dropped"),
        (OFFICE, {}, "attribution-lost", "attribution-gained", "source-dropped"),
        (OFFICE, {**FISHER, "sourceNaming": "anonymous"}, "attribution-lost", "attribution-gained", "source-unnamed"),
        ({**OFFICE, "above": f"claim:{GAZETTE}-relay"}, OFFICE, "attribution-lost", "attribution-gained",
         "relay-dropped"),
    ],
)  # fmt: skip
def test_what_changes_between_articles_has_a_direction(
    ours: dict[str, str], theirs: dict[str, str], gained: str, lost: str, rule: str
) -> None:
    """The article that was published later gained or lost it; the other way round it is the opposite."""
    relays = relay(GAZETTE, "actor:herald")
    first, then = claim("x", GAZETTE, FORTY, **ours), claim("x", COURIER, FORTY, **theirs)  # type: ignore[arg-type]
    assert (gained, rule) in drifts(relays, first, then)
    turned = [text.replace(GAZETTE, "2024-03-08-gazette") for text in (relays, first)]
    assert (lost, rule) in drifts(article("2024-03-08-gazette"), *turned, then)


def test_nothing_is_lost_where_an_article_tells_it_both_ways() -> None:
    """An article that names its source in one sentence and leaves it out in another has not lost it."""
    first = claim("x", GAZETTE, FORTY, **OFFICE)  # type: ignore[arg-type]
    then = claim("x", COURIER, FORTY)
    assert ("attribution-lost", "source-dropped") in drifts(first, then)
    assert drifts(first, claim("y", GAZETTE, FORTY, at=20), then) == set()
    again = claim("y", COURIER, FORTY, at=20, **OFFICE)  # type: ignore[arg-type]
    assert drifts(first, then, again) == set()
    hedged = claim("x", GAZETTE, FORTY, certainty="possible")
    assert ("certainty-gained", "surer-later") in drifts(hedged, then)
    assert drifts(hedged, claim("y", GAZETTE, FORTY, at=20), then, claim("y", COURIER, BARRELS, at=20)) == set()


def test_taking_for_granted_is_neither_surer_nor_less_sure() -> None:
    """What is said in one article and presupposed in the other has changed neither certainty nor attribution."""
    presumed = {"certainty": "underspecified", "mode": "presumed", "sourceNaming": "anonymous"}
    for ours, theirs in (({}, presumed), (presumed, {})):
        assert drifts(claim("x", GAZETTE, FORTY, **ours), claim("x", COURIER, FORTY, **theirs)) == set()


def test_a_pair_that_an_editor_calls_unlike_in_certainty_takes_part_in_drift() -> None:
    """Hearsay of an attempt that is a flat deed in the later article is a hedge dropped, where an editor names it."""
    first = claim("x", GAZETTE, BARRELS, certainty="underspecified", mode="alleged")
    then = claim("x", COURIER, BARRELS, "role:origin place:eastquay").replace("type:transport", "type:theft")
    by_hand = coded("differs-in-detail")
    assert drifts(by_hand, first, then) == set()
    named = by_hand.replace(" .\n", " ; t:differsIn detail:certainty , detail:type .\n")
    assert drifts(named, first, then) == {("certainty-gained", "hedge-dropped")}


@pytest.mark.parametrize(
    ("values", "more", "rule"),
    [
        ({"certainty": "possible"}, "t:cueFactive true", "relay-vouches"),
        ({"mode": "alleged"}, "", "relay-doubts"),
        ({"above": f"claim:{GAZETTE}-relay"}, "", "relay-hedges"),
    ],
)
def test_what_changes_along_a_chain_is_told_of_the_relay(values: dict[str, str], more: str, rule: str) -> None:
    """A verb that vouches adds certainty; a relay that doubts or hedges takes some away."""
    hedged = relay(GAZETTE, "actor:herald").replace("certainty:certain", "certainty:possible")
    vouched = f"claim:{GAZETTE}-x {more} .\n" if more else ""
    found = compare(given(hedged, vouched, claim("x", GAZETTE, FORTY, **OFFICE, **values))).drifts  # type: ignore[arg-type]
    assert [drift.rule for drift in found] == [rule]


def coded(relation: str, independence: str = "independent") -> str:
    return (
        f"comparison:own a t:Comparison ; t:left claim:{GAZETTE}-x ; t:right claim:{COURIER}-x ;"
        f' t:comparisonReason "So."@en ; t:relation relation:{relation} ;'
        f" t:independence independence:{independence} .\n"
    )


@pytest.mark.parametrize(
    ("by_hand", "supports"),
    [
        ("", True),
        (coded("same-content"), True),
        (coded("same-content", "unknown"), False),
        (coded("compatible"), False),
        (coded("same-content").replace(" .\n", " ; t:onlyPossibly true .\n"), False),
    ],
)
def test_a_comparison_by_hand_stands_instead_of_the_computed_one(by_hand: str, supports: bool) -> None:
    """A pair has one comparison, the editor's where there is one, and claims support each other by that one alone."""
    text = (claim("x", GAZETTE, FORTY, **OFFICE), claim("x", COURIER, FORTY, **FISHER))  # type: ignore[arg-type]
    found = with_comparisons(data(by_hand, *text))
    assert len(found.instances("t:Comparison")) == 1
    ends = [iri(f"claim:{slug}-x") for slug in (GAZETTE, COURIER)]
    assert [found.texts(end, "t:corroborates") for end in ends] == (
        [(ends[1],), (ends[0],)] if supports else [(), ()]
    )  # fmt: skip


def test_names_do_not_depend_on_order_or_relation() -> None:
    """A comparison has one name, made of its claims, whichever of them says more."""
    left, right = claim("x", GAZETTE, BARRELS), claim("x", COURIER, FORTY)
    assert shorten(name_of(only(data(left, right)))) == f"comparison:{GAZETTE}-x-and-{COURIER}-x"
    assert only(data(left, right)).relation.left.claim == iri(f"claim:{COURIER}-x")


def test_statements_are_the_same_from_run_to_run() -> None:
    """Two runs over one dataset, its statements in another order, say the same."""
    claims = [claim(f"c{n}", slug, FORTY, at=10 * n) for n in range(3) for slug in (GAZETTE, COURIER)]
    found = with_comparisons(derive(data(REUSE, *claims)))
    again = with_comparisons(derive(data(REUSE, *reversed(claims))))
    mine = {iri(f"{kind}:") for kind in ("claim", "comparison", "drift", "event")}

    def said(dataset: Dataset) -> set[str]:
        return {str(quad) for quad in dataset.default if any(space in str(quad.subject) for space in mine)}

    assert said(found) == said(again)
    assert len(found.instances("t:Comparison")) == len(list(combinations(claims, 2)))


def test_each_rule_is_described_in_the_ontology() -> None:
    """The concepts of the scheme are the rules of the code, and no others."""
    scheme = iri("scheme:rule")
    concepts = {c for c in VOCABULARY.instances("skos:Concept") if VOCABULARY.value(c, "skos:inScheme") == scheme}
    names = {rule.name for rule in RULES} | {tie.name for tie in TIES} | {change.rule for change in CHANGES}
    names |= {"relay-doubts", "relay-hedges", "relay-vouches"}
    assert {shorten(concept) for concept in concepts} == {f"rule:{name}" for name in names}
