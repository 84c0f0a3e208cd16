-- meaning: How many members and attendances each organisation has
-- grain: one row per organisation (null = unknown)
-- role: communication
-- parameters: none
-- returns: marts.organisation_figures
with current_organisation as (
    select person_id, organisation_id
    from core.affiliation
    cross join core.network
    where (starts_on is null or starts_on <= as_of) and (ends_on is null or ends_on > as_of)
),

member as (
    select organisation_id, count(*) as members
    from core.membership
    cross join core.network
    left join current_organisation using (person_id)
    where starts_on <= as_of and (ends_on is null or ends_on > as_of)
    group by organisation_id
),

moved as (
    select distinct person_id from core.affiliation where stretch > 1
),

came as materialized (
    select person_id, session_id
    from core.attendance
    semi join moved using (person_id)
    where was_present and not is_host
),

-- The attendances of those who never moved are already counted; a move asks for the day of each meeting.
attended as (
    select affiliation.organisation_id, sum(activity.attendances) as attendances
    from marts.person_activity as activity
    left join core.affiliation using (person_id)
    anti join moved using (person_id)
    group by affiliation.organisation_id
    union all
    select affiliation.organisation_id, count(*)
    from came
    join core.session using (session_id)
    cross join core.network
    join core.affiliation
        on affiliation.person_id = came.person_id
        and (affiliation.starts_on is null or affiliation.starts_on <= session.held_on)
        and (affiliation.ends_on is null or affiliation.ends_on > session.held_on)
    where session.held_on <= network.as_of
    group by affiliation.organisation_id
),

counted as (
    select organisation_id, sum(members) as members, sum(attendances) as attendances
    from (
        select organisation_id, members, 0 as attendances from member
        union all
        select organisation_id, 0, attendances from attended
        union all
        select organisation_id, 0, 0 from core.organisation
    )
    group by organisation_id
)

select
    organisation.name as organisation, organisation.sector, organisation.parent,
    counted.members::bigint as members,
    counted.attendances::bigint as attendances,
    (counted.attendances / nullif(total.attendances, 0))::double as attendance_share
from counted
cross join (select sum(attendances) as attendances from counted) as total
left join core.organisation using (organisation_id)
order by members desc, organisation
