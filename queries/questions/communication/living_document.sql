-- meaning: How each audience was heard on each version of a living document, and what became of its comments
-- grain: one row per document, version and audience (empty = not known)
-- role: communication
-- parameters:
--   document text = null: One document; none means all
-- returns:
--   document text: Name of the document
--   version text: Version
--   audience text: Audience that was heard; empty when not known
--   published_on date: Day the version was published
--   sessions integer meetings: Meetings of the document's series for that audience while this was the version
--   participants integer persons: People by name who came to them
--   received integer comments: Comments received on the version
--   handled integer comments: Of those, accepted, declined or dealt with
--   open integer comments: Of those, waiting
--   median_days number days: Half of the comments were decided on within so many days
with version as (
    select
        document, version, min(published_on) as published_on,
        lead(min(published_on)) over (partition by document order by min(published_on)) as replaced_on
    from core.document
    where received_on is null and version is not null
    group by document, version
),

comment as (
    select
        document, version, audience,
        count(*) as received,
        count(*) filter (status in ('accepted', 'declined', 'handled')) as handled,
        median(date_diff('day', received_on, decided_on)) as median_days
    from core.document
    where received_on is not null
    group by all
),

meeting as (
    select
        version.document, version.version, session.audience,
        count(distinct session.session_id) as sessions,
        count(distinct attendance.person_id) as participants
    from version
    join core.session
        on session.series = version.document
        and session.held_on >= version.published_on
        and (version.replaced_on is null or session.held_on < version.replaced_on)
    cross join core.network
    left join core.attendance
        on attendance.session_id = session.session_id and attendance.was_present and not attendance.is_host
    where session.held_on <= network.as_of
    group by all
),

heard as (
    select document, version, audience from comment
    union
    select document, version, audience from meeting
    union
    select document, version, null from version
    where not exists (
        select 1 from comment
        where comment.document = version.document and comment.version is not distinct from version.version
    )
    and not exists (
        select 1 from meeting where meeting.document = version.document and meeting.version = version.version
    )
)

select
    heard.document, heard.version, heard.audience, version.published_on,
    coalesce(meeting.sessions, 0) as sessions, coalesce(meeting.participants, 0) as participants,
    coalesce(comment.received, 0) as received, coalesce(comment.handled, 0) as handled,
    coalesce(comment.received - comment.handled, 0) as open, comment.median_days
from heard
left join version using (document, version)
left join comment
    on comment.document = heard.document
    and comment.version is not distinct from heard.version
    and comment.audience is not distinct from heard.audience
left join meeting
    on meeting.document = heard.document
    and meeting.version is not distinct from heard.version
    and meeting.audience is not distinct from heard.audience
where $document::varchar is null or heard.document = $document::varchar
order by heard.document, version.published_on nulls last, heard.version, heard.audience nulls last
