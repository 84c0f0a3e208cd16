-- meaning: People who share a key but were kept apart, and wait for somebody who knows
-- grain: one row per pair of people
-- role: coordinator
-- parameters: none
-- returns:
--   pair_id text: The pair
--   person_a id: One of the two people
--   person_b id: The other
--   name_a text: The name of the one
--   name_b text: The name of the other
--   reason text: names differ, keys conflict, or fits two people
--   review_id id: Pairs about the same keys have one review
--   is_later boolean: Whether somebody put it off
with put_off as (
    select distinct waiting.pair_id
    from core.kept_apart as waiting
    join core.person_decision as decided
        on decided.kind = 'later'
        and least(decided.person_a, decided.person_b) = least(waiting.person_a, waiting.person_b)
        and greatest(decided.person_a, decided.person_b) = greatest(waiting.person_a, waiting.person_b)
)

select
    pair.pair_id, pair.person_a, pair.person_b,
    one.full_name as name_a, other.full_name as name_b,
    pair.reason, pair.review_id,
    put_off.pair_id is not null as is_later
from core.kept_apart as pair
join core.person as one on one.person_id = pair.person_a
join core.person as other on other.person_id = pair.person_b
left join put_off using (pair_id)
order by is_later, review_id, pair.pair_id
