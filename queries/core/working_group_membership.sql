-- meaning: When each person was a member of a working group
-- grain: one row per person, working group and stretch; stretches never overlap
-- role: coordinator
-- parameters: none
-- returns: core.working_group_membership
with span as (
    select person_id, working_group, starts_on, coalesce(ends_on, date '9999-12-31') as ends_on, start_is_known
    from staging.membership_span
    where working_group is not null
),

counted as (
    select
        person_id, working_group,
        count(*) as spans,
        min(starts_on) as starts_on,
        max(ends_on) as ends_on,
        bool_or(start_is_known) as start_is_known
    from span
    group by person_id, working_group
),

-- Only people with more than one span need their spans put in order.
ordered as (
    select
        span.*,
        max(span.ends_on) over (
            partition by span.person_id, span.working_group
            order by span.starts_on, span.ends_on
            rows between unbounded preceding and 1 preceding
        ) as ended_before
    from span
    join counted using (person_id, working_group)
    where counted.spans > 1
),

-- A gap shorter than the grace days is a continuation, not an end and a return.
numbered as (
    select
        ordered.*,
        1 + count(*) filter (where starts_on - ended_before >= network.grace_days and starts_on > ended_before) over (
            partition by person_id, working_group order by starts_on, ordered.ends_on
        ) as stretch
    from ordered
    cross join core.network
),

united as (
    select
        person_id, working_group, stretch,
        min(starts_on) as starts_on,
        max(ends_on) as ends_on,
        coalesce(bool_or(start_is_known) filter (where starts_on = first_start), false) as start_is_known
    from (
        select *, min(starts_on) over (partition by person_id, working_group, stretch) as first_start
        from numbered
    )
    group by person_id, working_group, stretch
)

select person_id, working_group, stretch, starts_on, nullif(ends_on, date '9999-12-31') as ends_on, start_is_known
from united
union all
select person_id, working_group, 1, starts_on, nullif(ends_on, date '9999-12-31'), start_is_known
from counted
where spans = 1
