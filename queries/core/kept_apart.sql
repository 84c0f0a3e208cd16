-- meaning: Pairs of people who share a key but were kept apart, as long as nobody decided about them
-- grain: one row per pair
-- role: coordinator
-- parameters: none
-- returns: core.kept_apart
select staging.pair_id(person_a, person_b) as pair_id, person_a, person_b, review_id, reason
from staging.kept_apart
