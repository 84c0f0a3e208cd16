-- meaning: How fresh each source is, and what it brought
-- grain: one row per source
-- role: communication
-- parameters: none
-- returns: marts.source_status
with file as (
    select
        *,
        -- a file that could not be read has no source of its own: its name may be known from another delivery
        coalesce(
            source, format,
            arg_max(coalesce(source, format), received_at) over (partition by lower(file)),
            file
        ) as source_name
    from core.source_file
    where status <> 'skipped'
),

counted as (
    select
        source_name as source,
        max(received_at) as last_received_at,
        max(newest_on) as newest_on,
        count(*) as files,
        coalesce(sum(rows_used), 0)::bigint as rows,
        coalesce(sum(rows_rejected), 0)::bigint as rejected
    from file
    group by source_name
),

-- Of the newest files of a source, the worst decides.
newest as (
    select
        counted.source,
        bool_or(file.status = 'rejected') as is_failed,
        bool_or(file.status = 'needs_mapping') as needs_mapping,
        bool_or(file.status = 'held') as is_held,
        bool_or(file.status = 'partial') as is_partial
    from counted
    join file on file.source_name = counted.source and file.received_at = counted.last_received_at
    group by counted.source
)

select
    counted.source, last_received_at, newest_on, files, rows, rejected,
    case
        when newest.is_failed or failing.source is not null then 'failed'
        when newest.needs_mapping then 'needs_mapping'
        when newest.is_held then 'held'
        when timezone(network.time_zone, timezone('UTC', last_received_at))::date < network.as_of - 92 then 'late'
        when newest.is_partial then 'partial'
        else 'fresh'
    end as status
from counted
join newest using (source)
left join core.failing_connection as failing using (source)
cross join core.network
union all
select source, null, null, 0, 0, 0, 'failed'
from core.failing_connection
where source not in (select source from counted)
order by source
