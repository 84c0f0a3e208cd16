-- meaning: Every meeting with who registered, who came and for how long
-- grain: one row per meeting
-- role: communication
-- parameters:
--   series text = null: One series; none means all
--   working_group text = null: One working group; none means all
--   audience text = null: One audience; none means all
--   from_on date = null: First day of interest
--   to_on date = null: Last day of interest
-- returns:
--   session_id id: The meeting
--   title text: Title of the meeting
--   starts_at timestamp UTC: When it starts
--   ends_at timestamp UTC: When it ends
--   kind text: Kind of meeting
--   mode text: Online, in person or hybrid
--   series text: Series it belongs to
--   theme text: Theme of the meeting
--   working_group text: Working group that holds it
--   audience text: Audience it is for
--   registered integer persons: People registered when it began; empty when no registration is known
--   attended integer persons: People by name who were present, without hosts; empty when there is no list
--   headcount integer heads: People counted in the room
--   headcount_is_approximate boolean: Whether the total is an estimate, because it is the headcount and that was estimated
--   total integer heads: The larger of headcount and names; empty when neither is known
--   show_up_rate number share: Registered people who came, of those registered
--   walk_ins integer persons: People who came without registration
--   first_timers integer persons: People for whom it was the first meeting
--   returning integer persons: People who had been at an earlier meeting
--   median_minutes number minutes: Half of the people stayed at least this long
--   yield_on date: Day its yield was published
--   place text: Where it is held
--   url text: Web page of the meeting
--   source text: What is known of who came: named, headcount, both or none
--   unnamed integer heads: Heads counted above the names
--   hosts integer persons: Hosts, who are in no rate
--   minutes_known integer persons: People whose time present is known
--   held_on date: Day it starts on, in the network's time zone
select
    session_id, title, starts_at, ends_at, kind, mode, series, theme, working_group, audience,
    registered, attended, headcount, headcount_is_approximate, total, show_up_rate, walk_ins, first_timers, "returning",
    median_minutes, yield_on, place, url, source, unnamed, hosts, minutes_known, held_on
from marts.session_figures
where ($series::varchar is null or series = $series::varchar)
    and ($working_group::varchar is null or working_group = $working_group::varchar)
    and ($audience::varchar is null or audience = $audience::varchar)
    and ($from_on::date is null or held_on >= $from_on::date)
    and ($to_on::date is null or held_on <= $to_on::date)
order by starts_at, title, session_id
