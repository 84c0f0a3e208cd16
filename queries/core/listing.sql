-- meaning: What lists of members and contacts say about each person, row by row
-- grain: one row per row of a list
-- role: coordinator
-- parameters: none
-- returns: core.listing
select
    person_id, 'membership' as feed, source, working_group, role, joined_on, left_on, received_at,
    (hash(sha256) >> 1)::bigint as file_id, line, (identity >> 1)::bigint as writing_id
from staging.membership
join staging.person_of using (identity)
union all
select
    person_id, 'contact', source, null, null, connected_on, null, received_at,
    (hash(sha256) >> 1)::bigint, line, (identity >> 1)::bigint
from staging.contact
join staging.person_of using (identity)
