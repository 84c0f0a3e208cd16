-- meaning: Which part people take in the network or in a working group: chair, secretary, member of the core
-- grain: one row per person, working group (null = the network), role and first day
-- role: coordinator
-- parameters: none
-- returns: core.role
with said as (
    select person_id, working_group, role, joined_on, left_on, received_at
    from core.listing
    where feed = 'membership' and role is not null and (left_on is null or joined_on is null or left_on >= joined_on)
)

select
    person_id, working_group, role,
    joined_on as starts_on,
    nullif(max({'at': received_at, 'on': coalesce(left_on, date '9999-12-31')}).on, date '9999-12-31') as ends_on
from said
group by person_id, working_group, role, joined_on
