-- meaning: Which people may be one: pairs that somebody who knows can settle, the most certain first
-- grain: one row per pair of people
-- role: coordinator
-- parameters: none
-- returns:
--   pair_id text: The pair
--   person_a id: One of the two people
--   person_b id: The other
--   name_a text: The name of the one
--   name_b text: The name of the other
--   score number 0-1: How likely it is that they are one
--   because text: What was compared and how alike it is, as field:level; docs/matching.md lists them
--   is_later boolean: Whether somebody put it off
--   evidence text: Fingerprint of what was compared
select
    pair.pair_id, pair.person_a, pair.person_b,
    one.full_name as name_a, other.full_name as name_b,
    pair.score, pair.because, pair.is_later, pair.evidence
from marts.suggestion as pair
join core.person as one on one.person_id = pair.person_a
join core.person as other on other.person_id = pair.person_b
order by pair.is_later, pair.score desc, pair.pair_id
