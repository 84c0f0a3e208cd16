-- meaning: Pairs of people whom no key joins and who may well be one, as far as what is known of them tells
-- grain: one row per pair
-- role: coordinator
-- parameters: none
-- returns: core.likely_pair
select staging.pair_id(person_a, person_b) as pair_id, person_a, person_b, score, because, evidence
from staging.likely_pair
