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
    select window_months, months_ago, period_start, period_end, is_open
    from month
    cross join (values (2), (3), (6), (12)) as looked_back(window_months)
),

-- Months are counted back from the as-of date, and a set of months is the bits of a number. A member is one in
-- whole months: from the first that begins on or after the day of joining, and not in the month of leaving.
member as (
    select
        date_diff('month', starts_on, as_of) - (extract('day' from starts_on) > 1)::bigint as first_month,
        case when ends_on <= as_of then date_diff('month', ends_on, as_of) + 1 else 0 end as last_month,
        coalesce(recent_months, 0) as attended
    from core.membership
    left join marts.person_activity using (person_id)
    cross join core.network
),

lived as (
    select least(first_month, 60) as first_month, last_month, count(*) as people
    from member
    where first_month >= last_month
    group by all
),

eligible as (
    select frame.window_months, frame.period_start, sum(people) as eligible
    from frame
    join lived
        on lived.last_month <= frame.months_ago
        and lived.first_month >= frame.months_ago + frame.window_months - 1
    group by frame.window_months, frame.period_start
),

-- The months at the end of a window in which the member came at least once.
came as (
    select first_month, last_month, unnest([
        {'window_months': 2, 'months': attended | (attended >> 1)},
        {'window_months': 3, 'months': within_3},
        {'window_months': 6, 'months': within_3 | (within_3 >> 3)},
        {'window_months': 12, 'months': within_3 | (within_3 >> 3) | (within_3 >> 6) | (within_3 >> 9)}
    ], recursive := true)
    from (select *, attended | (attended >> 1) | (attended >> 2) as within_3 from member where attended <> 0)
),

took_part as (
    select window_months, months, count(*) as people
    from (
        select
            window_months,
            months & ((1::bigint << least(first_month - window_months + 2, 36)) - (1::bigint << last_month)) as months
        from came
        where last_month < 36 and first_month - window_months + 1 >= last_month
    )
    where months <> 0
    group by all
),

active as (
    select frame.window_months, frame.period_start, sum(people) as active
    from frame
    join took_part
        on took_part.window_months = frame.window_months
        and (took_part.months >> frame.months_ago) & 1 = 1
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
    coalesce(eligible.eligible, 0)::bigint as eligible,
    case when exists (from marts.person_activity) then coalesce(active.active, 0)::bigint end as active
from frame
left join closing using (period_start)
left join eligible using (window_months, period_start)
left join active using (window_months, period_start)
order by window_months, period_start
