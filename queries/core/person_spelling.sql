-- meaning: The names under which people who are written in several ways stand in the files
-- grain: one row per person, key and name, of people written in several ways
-- role: coordinator
-- parameters: none
-- returns: core.person_spelling
select person_id, key, name
from staging.person_spelling
