-- meaning: Who registered for which meeting, and how it stood when the meeting began
-- grain: one row per meeting and person
-- role: coordinator
-- parameters: none
-- returns: core.registration
with told as (
    select session_id, person_id, status, registered_at, received_at, sha256, line, part, source, entry_id, identity
    from staging.registration
    join staging.occasion_session using (occasion)
    join staging.person_of using (identity)
),

counted as (
    select
        session_id, person_id,
        count(*) as times,
        any_value(status) as status,
        any_value(sha256) as sha256,
        any_value(line) as line,
        any_value(identity) as identity,
        min(registered_at) as registered_at
    from told
    group by session_id, person_id
),

-- Two forms or two addresses are one registration; someone who cancelled one of two still comes.
newest as (
    select
        told.session_id, told.person_id,
        bool_or(told.status = 'registered') as is_registered,
        max({
            'at': told.received_at, 'file': told.sha256, 'line': told.line, 'part': told.part, 'is': told.status,
            'identity': told.identity
        }) as last
    from (
        select *, max(told_at) over (partition by session_id, person_id) as newest_at
        from (
            select
                told.*,
                -- Rows with ids of their own stand until they are told again, beside what the source adds.
                case
                    when entry_id is null then told.received_at
                    else max(told.received_at) over (partition by session_id, person_id, source, entry_id is null)
                end as told_at
            from told
            join counted using (session_id, person_id)
            where counted.times > 1
        )
    ) as told
    where told.told_at = told.newest_at
    group by told.session_id, told.person_id
)

select
    counted.session_id, counted.person_id,
    case when newest.is_registered then 'registered' when counted.times > 1 then newest.last.is else counted.status end as status,
    counted.registered_at,
    staging.file_id(coalesce(newest.last.file, counted.sha256)) as file_id,
    coalesce(newest.last.line, counted.line) as line,
    staging.stored(coalesce(newest.last.identity, counted.identity)) as writing_id
from counted
left join newest using (session_id, person_id)
where exists (select 1 from core.session where session.session_id = counted.session_id)
