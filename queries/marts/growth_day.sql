-- meaning: How many memberships began and ended on each day
-- grain: one row per working group (null = the network), audience (null = all) and day with a change
-- role: communication
-- parameters: none
-- returns: marts.growth_day
with stretch as (
    select null::varchar as working_group, person_id, stretch, starts_on, ends_on, start_is_known
    from core.membership
    union all
    select working_group, person_id, stretch, starts_on, ends_on, start_is_known
    from core.working_group_membership
),

placed as (
    select stretch.*, coalesce(person.audience, '') as audience
    from stretch
    join core.person using (person_id)
),

started as (
    select
        working_group, audience, starts_on as day, grouping(audience) = 1 as is_total,
        count(*) filter (where stretch = 1 and start_is_known) as joined,
        count(*) filter (where stretch = 1 and start_is_known and starts_on in (select day from core.import_day)) as imported,
        count(*) filter (where stretch = 1) as first_seen,
        count(*) as started,
        0 as ended
    from placed
    where starts_on <= (select as_of from core.network)
    group by grouping sets ((working_group, starts_on), (working_group, audience, starts_on))
),

ended as (
    select
        working_group, audience, ends_on as day, grouping(audience) = 1 as is_total,
        0 as joined, 0 as imported, 0 as first_seen, 0 as started, count(*) as ended
    from placed
    where ends_on <= (select as_of from core.network)
    group by grouping sets ((working_group, ends_on), (working_group, audience, ends_on))
)

select
    working_group,
    case when not is_total then audience end as audience,
    day,
    sum(joined)::bigint as joined,
    sum(first_seen)::bigint as first_seen,
    sum(started)::bigint as started,
    sum(ended)::bigint as ended,
    sum(imported)::bigint as imported
from (from started union all from ended)
where is_total or audience <> ''
group by working_group, is_total, audience, day
order by working_group nulls first, audience nulls first, day
