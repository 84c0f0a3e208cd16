-- meaning: People who share a key but were kept apart, because their names or other keys say they differ
-- grain: one row per person kept apart
-- role: coordinator
-- parameters: none
-- returns: core.person_review
select distinct person_id, review_id, reason
from staging.person_of
where review_id is not null
