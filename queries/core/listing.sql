-- meaning: What lists of members and contacts say about each person, row by row
-- grain: one row per row of a list
-- role: coordinator
-- parameters: none
-- returns: core.listing
with told as (
    select
        identity, 'membership' as feed, source, working_group, role, joined_on, left_on, received_at,
        staging.file_id(sha256) as file_id, line
    from staging.membership
    union all
    select
        identity, 'contact', source, null, null, connected_on, null, received_at, staging.file_id(sha256), line
    from staging.contact
)

select
    person_id, feed, source,
    case when spelling.as_written is not null then spelling.name else told.working_group end as working_group,
    role, joined_on, left_on, received_at, file_id, line,
    staging.stored(identity) as writing_id
from told
join staging.person_of using (identity)
left join staging.group_spelling as spelling on spelling.as_written = told.working_group
