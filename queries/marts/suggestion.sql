-- meaning: Likely duplicates that wait for somebody who knows; a pair that was rejected returns only with new evidence
-- grain: one row per pair
-- role: coordinator
-- parameters: none
-- returns: marts.suggestion
with decided as (
    select
        least(person_a, person_b) as person_a, greatest(person_a, person_b) as person_b,
        kind, evidence
    from core.person_decision
    where is_in_force
),

rejected as (
    select pair.pair_id
    from core.likely_pair as pair
    join decided
        on decided.person_a = pair.person_a and decided.person_b = pair.person_b
        and decided.kind <> 'later'
        and (coalesce(decided.evidence, '') = '' or decided.evidence = pair.evidence)
),

put_off as (
    select distinct pair.pair_id
    from core.likely_pair as pair
    join decided
        on decided.person_a = pair.person_a and decided.person_b = pair.person_b
        and decided.kind = 'later'
)

select
    pair.pair_id, pair.person_a, pair.person_b, pair.score, pair.because, pair.evidence,
    put_off.pair_id is not null as is_later
from core.likely_pair as pair
anti join rejected on rejected.pair_id = pair.pair_id
left join put_off on put_off.pair_id = pair.pair_id
