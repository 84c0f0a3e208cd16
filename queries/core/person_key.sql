-- meaning: The keys by which each person is known
-- grain: one row per person and key
-- role: coordinator
-- parameters: none
-- returns: core.person_key
select person_id, key, split_part(key, ':', 1) as kind, handle
from staging.held_key
