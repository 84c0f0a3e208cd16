-- meaning: Which meeting each attendance and registration file is about: an agenda entry, or its own
-- grain: one row per occasion
-- role: coordinator
-- parameters: none
-- returns: staging.occasion_session
with entry as (
    select
        event_id, source, lower(written_id) as written_id, staging.plain_title(title) as plain_title,
        starts_at, coalesce(ends_at, starts_at) as ends_at,
        timezone(network.time_zone, timezone('UTC', starts_at))::date as held_on,
        status
    from core.event
    cross join core.network
),

meeting as (
    select occasion.*, timezone(network.time_zone, timezone('UTC', starts_at))::date as held_on
    from staging.occasion
    cross join core.network
),

-- 1: the agenda's own id. 2: the same title at an overlapping time (restarts: 30 minutes before to 120 after).
-- 3: the same title on the same day. 4: no time known, and the title occurs once on the agenda.
candidate as (
    select meeting.occasion, entry.event_id, 1 as rank, entry.source <> meeting.source as is_other_source,
        abs(date_diff('second', entry.starts_at, coalesce(meeting.starts_at, entry.starts_at))) as apart
    from meeting
    join entry on entry.written_id = lower(meeting.event_id)
    union all
    select meeting.occasion, entry.event_id, 2, false, abs(date_diff('second', entry.starts_at, meeting.starts_at))
    from meeting
    join entry
        on meeting.starts_at <= entry.ends_at + interval 120 minutes
        and meeting.last_at >= entry.starts_at - interval 30 minutes
    where entry.status <> 'cancelled'
        and (
            entry.plain_title = meeting.plain_title
            or (length(entry.plain_title) >= 5 and contains(meeting.plain_title, entry.plain_title))
            or (length(meeting.plain_title) >= 5 and contains(entry.plain_title, meeting.plain_title))
        )
    union all
    select meeting.occasion, entry.event_id, 3, false, abs(date_diff('second', entry.starts_at, meeting.starts_at))
    from meeting
    join entry using (plain_title, held_on)
    where entry.status <> 'cancelled'
    union all
    select meeting.occasion, min(entry.event_id), 4, false, 0
    from meeting
    join entry using (plain_title)
    where meeting.starts_at is null and entry.status <> 'cancelled'
    group by meeting.occasion
    having count(*) = 1
),

chosen as (
    select occasion, min({'rank': rank, 'other': is_other_source, 'apart': apart, 'id': event_id}).id as event_id
    from candidate
    group by occasion
),

own as (
    select
        meeting.occasion, meeting.starts_at, meeting.last_at,
        coalesce(
            'id:' || lower(meeting.event_id),
            'title:' || coalesce(meeting.plain_title, lower(meeting.title)),
            'untitled:' || meeting.starts_at
        ) as called
    from meeting
    left join chosen using (occasion)
    where chosen.event_id is null
),

ordered as (
    select *, max(last_at) over earlier as ended_before
    from own
    window earlier as (
        partition by called order by starts_at, last_at, occasion rows between unbounded preceding and 1 preceding
    )
),

numbered as (
    select
        *,
        count(*) filter (where starts_at > ended_before + interval 120 minutes and called not like 'id:%') over (
            partition by called order by starts_at, last_at, occasion
        ) as meeting_number
    from ordered
),

named as (
    select
        occasion,
        md5('meeting:' || called || '|' || coalesce(min(starts_at) over (partition by called, meeting_number)::varchar, ''))::uuid
            as session_id
    from numbered
)

select occasion, event_id as session_id, event_id from chosen
union all
select occasion, session_id, null from named
