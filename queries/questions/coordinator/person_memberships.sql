-- meaning: When one person was a member of the network and of working groups, and in which role
-- grain: one row per stretch of membership, and one per role
-- role: coordinator
-- parameters:
--   person text = null: The person, by id; nothing finds nothing
-- returns:
--   kind text: membership or role
--   working_group text: Working group; empty means the network
--   role text: Part that the person takes, as the list writes it
--   starts_on date: First day; empty when not told
--   ends_on date: First day no longer; empty means still
--   start_is_known boolean: Whether a file says the first day
with stretch as (
    select 'membership' as kind, null as working_group, null as role, starts_on, ends_on, start_is_known
    from core.membership
    where person_id = try_cast($person as uuid)
    union all
    select 'membership', working_group, null, starts_on, ends_on, start_is_known
    from core.working_group_membership
    where person_id = try_cast($person as uuid)
    union all
    select 'role', working_group, role, starts_on, ends_on, starts_on is not null
    from core.role
    where person_id = try_cast($person as uuid)
)

select kind, working_group, role, starts_on, ends_on, start_is_known
from stretch
order by ends_on is not null, working_group nulls first, kind, starts_on desc, role
