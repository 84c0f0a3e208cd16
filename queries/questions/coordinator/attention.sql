-- meaning: What asks for someone's attention
-- grain: one row per thing to look at
-- role: coordinator
-- parameters: none
-- returns:
--   kind text: missing_attendance, refused_rows, needs_mapping, held_file, failed_connection, quiet_group, stale_source or unplaced_texts
--   subject text: Which meeting, file, group, source or connection; empty for texts
--   value number: How many people, rows, days or texts
--   happened_on date: Day it is about
with last_meeting as (
    select working_group, max(held_on) as held_on
    from core.session
    cross join core.network
    where working_group is not null and held_on <= as_of
    group by working_group
),

-- What was refused is settled by a later delivery of the same file, or, for a whole file, of the same source.
refused as (
    select file, rows_rejected, timezone(time_zone, timezone('UTC', received_at))::date as received_on
    from core.source_file as refused
    cross join core.network
    where status <> 'held' and (rows_rejected > 0 or status = 'rejected')
        and not exists (
            from core.source_file as later
            where later.received_at > refused.received_at
                and (
                    lower(later.file) = lower(refused.file)
                    or (
                        refused.status = 'rejected' and later.source = refused.source
                        and later.status in ('accepted', 'partial')
                    )
                )
        )
),

thing as (
    select 'missing_attendance' as kind, title as subject, registered::double as value, held_on as happened_on
    from marts.session_figures
    cross join core.network
    where source = 'none' and held_on < as_of and held_on >= (as_of - interval 6 months)::date
    union all
    select 'refused_rows', file, rows_rejected::double, received_on
    from refused
    cross join core.network
    where received_on >= (as_of - interval 6 months)::date
    union all
    select 'needs_mapping', file, rows_read::double, timezone(time_zone, timezone('UTC', received_at))::date
    from core.source_file
    cross join core.network
    where status = 'needs_mapping'
    union all
    select 'held_file', file, rows_read::double, timezone(time_zone, timezone('UTC', received_at))::date
    from core.source_file
    cross join core.network
    where status = 'held'
    union all
    select 'quiet_group', filter_value.value, (as_of - held_on)::double, held_on
    from marts.filter_value
    cross join core.network
    left join last_meeting on last_meeting.working_group = filter_value.value
    where dimension = 'working_group' and people > 0
        and coalesce(held_on < (as_of - interval 6 months)::date, true)
        and exists (from last_meeting)
    union all
    select 'stale_source', source, (as_of - last_received_at::date)::double, last_received_at::date
    from marts.source_status
    cross join core.network
    where status = 'late'
    union all
    select 'failed_connection', source, null, timezone(time_zone, timezone('UTC', last_received_at))::date
    from core.failing_connection
    cross join core.network
    left join marts.source_status using (source)
    union all
    select 'unplaced_texts', null, count(*)::double, max(asked_on)
    from marts.harvested_text
    where theme_id is null and not is_filler
    having count(*) > 0
)

-- One of each kind before the second of any, so that a pile of one kind hides nothing else.
select kind, subject, value, happened_on
from thing
order by
    row_number() over (partition by kind order by happened_on desc nulls last, subject),
    list_position(
        [
            'missing_attendance', 'needs_mapping', 'held_file', 'failed_connection', 'refused_rows', 'quiet_group',
            'unplaced_texts', 'stale_source'
        ],
        kind
    )
