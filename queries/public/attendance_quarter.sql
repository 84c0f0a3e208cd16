-- meaning: How many different people came to each kind of meeting in each quarter that is over, exactly
-- grain: one row per kind of meeting and quarter that is over
-- role: coordinator
-- parameters: none
-- returns: published.attendance_quarter
with meeting as (
    select session_id, coalesce(kind, '') as kind, held_on
    from core.session
),

known as (
    select min(held_on) as first_on from meeting
),

quarter as (
    select period_start, period_end
    from marts.period
    cross join known
    where grain = 'quarter' and not is_open and period_end >= first_on
),

held as (
    select
        meeting.kind, quarter.period_start,
        count(distinct meeting.session_id) as sessions,
        count(attendance.person_id) as listed,
        count(distinct attendance.person_id) filter (where attendance.was_present and not attendance.is_host) as participants
    from meeting
    join quarter on meeting.held_on between quarter.period_start and quarter.period_end
    left join core.attendance as attendance on attendance.session_id = meeting.session_id
    group by meeting.kind, quarter.period_start
),

kind as (
    select distinct kind from held
)

-- Without a list of names nobody knows how many came: that is empty, not zero.
select
    kind.kind, quarter.period_start, quarter.period_end,
    coalesce(held.sessions, 0) as sessions,
    case when held.listed > 0 then held.participants end as participants,
    held.sessions is not null as applies
from kind
cross join quarter
left join held on held.kind = kind.kind and held.period_start = quarter.period_start
order by kind.kind, quarter.period_start
