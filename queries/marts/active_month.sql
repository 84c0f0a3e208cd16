-- meaning: How many members took part within a window up to each month
-- grain: one row per window and month
-- role: communication
-- parameters: none
-- returns: marts.active_month
with month as (
    select
        period_start, period_end, is_open,
        least(period_end, as_of) as closes_on,
        date_diff('month', period_start, as_of)::bigint as months_ago
    from marts.period
    cross join core.network
    where grain = 'month' and date_diff('month', period_start, as_of) < 36
),

frame as (
    select
        window_months, months_ago, period_start, period_end, is_open, closes_on,
        (period_start - to_months(window_months - 1))::date as opens_on,
        ((1::bigint << window_months) - 1) << months_ago as months
    from month
    cross join (values (2), (3), (6), (12)) as looked_back(window_months)
),

member as (
    select starts_on, ends_on, coalesce(recent_months, 0) as recent_months, count(*) as people
    from core.membership
    left join marts.person_activity using (person_id)
    group by all
),

counted as (
    select
        frame.window_months, frame.period_start,
        sum(people) as eligible,
        sum(people) filter (where (recent_months & frame.months) <> 0) as active
    from frame
    join member
        on member.starts_on <= frame.opens_on and coalesce(member.ends_on, date '9999-12-31') > frame.closes_on
    group by frame.window_months, frame.period_start
),

closing as (
    select month.period_start, sum(growth_day.started - growth_day.ended) as members
    from month
    join marts.growth_day on growth_day.day <= month.closes_on
    where growth_day.working_group is null and growth_day.audience is null
    group by month.period_start
)

select
    frame.window_months::bigint as window_months, frame.period_start, frame.period_end, frame.is_open,
    coalesce(closing.members, 0)::bigint as members,
    coalesce(counted.eligible, 0)::bigint as eligible,
    case when exists (from marts.person_activity) then coalesce(counted.active, 0)::bigint end as active
from frame
left join closing using (period_start)
left join counted using (window_months, period_start)
order by window_months, period_start
