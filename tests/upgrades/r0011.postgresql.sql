CREATE TABLE alembic_version ( version_num character varying(32) NOT NULL
);
CREATE TABLE announced ( defect_id bigint NOT NULL, customer_key text NOT NULL, ticket_id bigint NOT NULL, outbox_id bigint, at timestamp with time zone NOT NULL
);
CREATE TABLE announcements ( id bigint NOT NULL, defect_id bigint NOT NULL, words json NOT NULL, by text NOT NULL, at timestamp with time zone NOT NULL, finished_at timestamp with time zone
);
CREATE SEQUENCE announcements_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE announcements_id_seq OWNED BY announcements.id;
CREATE TABLE answers ( id bigint NOT NULL, ticket_id bigint NOT NULL, waiting_since timestamp with time zone NOT NULL, due_at timestamp with time zone, answered_at timestamp with time zone NOT NULL, how text NOT NULL, by text NOT NULL, angry boolean NOT NULL, outbox_id bigint
);
CREATE SEQUENCE answers_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE answers_id_seq OWNED BY answers.id;
CREATE TABLE audit ( id bigint NOT NULL, at timestamp with time zone NOT NULL, by text NOT NULL, what text NOT NULL, about text NOT NULL
);
CREATE SEQUENCE audit_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE audit_id_seq OWNED BY audit.id;
CREATE TABLE corrections ( id bigint NOT NULL, model text NOT NULL, content text NOT NULL, labels integer NOT NULL, figures json NOT NULL, by text NOT NULL, at timestamp with time zone NOT NULL, undone_by text, undone_at timestamp with time zone
);
CREATE SEQUENCE corrections_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE corrections_id_seq OWNED BY corrections.id;
CREATE TABLE defect_tickets ( defect_id bigint NOT NULL, ticket_id bigint NOT NULL, state text NOT NULL, how text NOT NULL, by text NOT NULL, at timestamp with time zone NOT NULL
);
CREATE TABLE defects ( id bigint NOT NULL, name text NOT NULL, name_key text NOT NULL, owner text NOT NULL, state text NOT NULL, theme text, words json NOT NULL, known json NOT NULL, known_until timestamp with time zone, opened_at timestamp with time zone NOT NULL, opened_by text NOT NULL, fixed_at timestamp with time zone, fixed_by text
);
CREATE SEQUENCE defects_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE defects_id_seq OWNED BY defects.id;
CREATE TABLE desk ( key text NOT NULL, value text NOT NULL
);
CREATE TABLE drafts ( ticket_id bigint NOT NULL, mailbox text NOT NULL, message_id text NOT NULL, content bytea NOT NULL, state text NOT NULL, folder text, uidvalidity bigint, uid bigint
);
CREATE TABLE ended_sessions ( session text NOT NULL, until timestamp with time zone NOT NULL
);
CREATE TABLE events ( id bigint NOT NULL, ticket_id bigint NOT NULL, at timestamp with time zone NOT NULL, what text NOT NULL, why text NOT NULL, by text NOT NULL
);
CREATE SEQUENCE events_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE events_id_seq OWNED BY events.id;
CREATE TABLE folders ( mailbox text NOT NULL, folder text NOT NULL, uidvalidity bigint NOT NULL, last_uid bigint NOT NULL, floor timestamp with time zone, first_uid bigint, compared_uid bigint DEFAULT '0'::bigint NOT NULL
);
CREATE TABLE labels ( message_row bigint NOT NULL, angry boolean NOT NULL, by text NOT NULL, at timestamp with time zone NOT NULL
);
CREATE TABLE leases ( name text NOT NULL, owner text NOT NULL, expires_at timestamp with time zone NOT NULL
);
CREATE TABLE mailbox_tasks ( id bigint NOT NULL, mailbox text NOT NULL, kind text NOT NULL, folder text NOT NULL, uidvalidity bigint NOT NULL, uid bigint NOT NULL, argument json NOT NULL, outbox_id bigint, dedup_key text NOT NULL, state text NOT NULL, attempts integer NOT NULL, next_attempt_at timestamp with time zone NOT NULL, last_error text
);
CREATE SEQUENCE mailbox_tasks_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE mailbox_tasks_id_seq OWNED BY mailbox_tasks.id;
CREATE TABLE mailboxes ( name text NOT NULL, started_at timestamp with time zone, last_pass_at timestamp with time zone, last_ok_at timestamp with time zone, failing_since timestamp with time zone, error text, told_at timestamp with time zone, failures integer DEFAULT 0 NOT NULL, retry_at timestamp with time zone, send_failures integer DEFAULT 0 NOT NULL, send_retry_at timestamp with time zone, send_failing_since timestamp with time zone, send_error text, send_told_at timestamp with time zone, reconciled_at timestamp with time zone, start_from text
);
CREATE TABLE message_themes ( message_row bigint NOT NULL, theme text NOT NULL, how text NOT NULL, weight double precision NOT NULL
);
CREATE TABLE messages ( id bigint NOT NULL, dedup_key text NOT NULL, mailbox text NOT NULL, ticket_id bigint, direction text NOT NULL, kind text NOT NULL, outcome text NOT NULL, message_id text, in_reply_to json NOT NULL, "references" json NOT NULL, "from" text NOT NULL, "to" text NOT NULL, subject text NOT NULL, new_text text NOT NULL, at timestamp with time zone NOT NULL, language text, anger double precision, angry boolean NOT NULL, because json NOT NULL, reasons json NOT NULL
);
CREATE SEQUENCE messages_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE messages_id_seq OWNED BY messages.id;
CREATE TABLE notice_tickets ( outbox_id bigint NOT NULL, ticket_id bigint NOT NULL
);
CREATE TABLE outbox ( id bigint NOT NULL, mailbox text NOT NULL, ticket_id bigint, kind text NOT NULL, recipient text NOT NULL, recipient_key text NOT NULL, subject_key text NOT NULL, message_id text NOT NULL, dedup_key text NOT NULL, content bytea NOT NULL, promise_until timestamp with time zone, state text NOT NULL, attempts integer NOT NULL, maybe_sent boolean NOT NULL, owner text, lease_expires_at timestamp with time zone, created_at timestamp with time zone NOT NULL, next_attempt_at timestamp with time zone NOT NULL, settled_at timestamp with time zone, last_error text, sent_as text
);
CREATE SEQUENCE outbox_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE outbox_id_seq OWNED BY outbox.id;
CREATE TABLE participants ( ticket_id bigint NOT NULL, address text NOT NULL, role text NOT NULL
);
CREATE TABLE sightings ( mailbox text NOT NULL, folder text NOT NULL, uidvalidity bigint NOT NULL, uid bigint NOT NULL, message_row bigint, outcome text NOT NULL, at timestamp with time zone NOT NULL
);
CREATE TABLE themed ( message_row bigint NOT NULL, taxonomy text NOT NULL, space text, vector bytea, praise double precision NOT NULL, at timestamp with time zone NOT NULL
);
CREATE TABLE themes ( key text NOT NULL, state text NOT NULL, merged_into text, names json NOT NULL, words json NOT NULL, space text, centroid bytea, size integer NOT NULL, found_at timestamp with time zone NOT NULL, changed_at timestamp with time zone NOT NULL, changed_by text NOT NULL
);
CREATE TABLE tickets ( id bigint NOT NULL, reference text NOT NULL, mailbox text NOT NULL, state text NOT NULL, subject text NOT NULL, subject_key text NOT NULL, customer_email text NOT NULL, customer_name text NOT NULL, language text NOT NULL, anger double precision NOT NULL, angry boolean NOT NULL, because json NOT NULL, opened_at timestamp with time zone NOT NULL, waiting_since timestamp with time zone, due_at timestamp with time zone, answered_at timestamp with time zone, escalation_level integer NOT NULL, escalated_at timestamp with time zone, next_escalation_at timestamp with time zone, snoozed_until timestamp with time zone, acknowledged_at timestamp with time zone, suppressed_by json NOT NULL, linked_to text, unreachable_at timestamp with time zone, unreachable_told_at timestamp with time zone, judged_by text, calm_until timestamp with time zone, language_from text, anger_rising boolean DEFAULT false NOT NULL, assigned_to text, warned_at timestamp with time zone, rests_since timestamp with time zone, asked_at timestamp with time zone, solved boolean, merged_into text, spam boolean DEFAULT false NOT NULL
);
CREATE SEQUENCE tickets_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE tickets_id_seq OWNED BY tickets.id;
CREATE TABLE untold ( ticket_id bigint NOT NULL, recipient_key text NOT NULL, recipient text NOT NULL
);
ALTER TABLE ONLY announcements ALTER COLUMN id SET DEFAULT nextval('announcements_id_seq'::regclass);
ALTER TABLE ONLY answers ALTER COLUMN id SET DEFAULT nextval('answers_id_seq'::regclass);
ALTER TABLE ONLY audit ALTER COLUMN id SET DEFAULT nextval('audit_id_seq'::regclass);
ALTER TABLE ONLY corrections ALTER COLUMN id SET DEFAULT nextval('corrections_id_seq'::regclass);
ALTER TABLE ONLY defects ALTER COLUMN id SET DEFAULT nextval('defects_id_seq'::regclass);
ALTER TABLE ONLY events ALTER COLUMN id SET DEFAULT nextval('events_id_seq'::regclass);
ALTER TABLE ONLY mailbox_tasks ALTER COLUMN id SET DEFAULT nextval('mailbox_tasks_id_seq'::regclass);
ALTER TABLE ONLY messages ALTER COLUMN id SET DEFAULT nextval('messages_id_seq'::regclass);
ALTER TABLE ONLY outbox ALTER COLUMN id SET DEFAULT nextval('outbox_id_seq'::regclass);
ALTER TABLE ONLY tickets ALTER COLUMN id SET DEFAULT nextval('tickets_id_seq'::regclass);
INSERT INTO alembic_version VALUES
	('0011');
INSERT INTO answers VALUES
	(1, 1, '2026-11-26 18:03:31+00', '2026-11-27 02:03:31+00', '2026-11-26 18:03:34+00', 'sent_folder', 'support@example.com', false, NULL);
INSERT INTO audit VALUES
	(1, '2026-11-26 18:03:45.092409+00', 'ana (command line)', 'defect_added', 'Glasses break');
INSERT INTO defects VALUES
	(1, 'Glasses break', 'glasses break', '', 'open', NULL, '{"es": ["llega roto"]}', '{}', NULL, '2026-11-26 18:03:45.092409+00', 'ana (command line)', NULL, NULL);
INSERT INTO desk VALUES
	('secret_fingerprint', '5ab8c392c2c54035a048aa6596dd415f'),
	('ladder:support', '48d1bdee309edf84edcefaece165848d4963653cbd16340076e20d8cd6b92f0b'),
	('turn:telling staff', ''),
	('turn:theming', ''),
	('trimming_from', '0:0'),
	('trimmed_at', '2026-11-26T18:03:34.059467+00:00'),
	('theming', '{"taxonomy": "28b8acc765a0dc21", "written": "d59f35a80a0eac22", "space": "e5", "looked": 102, "below": 0, "floor": 0, "owing": false, "found_at": "2026-11-26T18:03:33.869522+00:00", "found_until": 51, "finds": 1}');
INSERT INTO events VALUES
	(1, 1, '2026-11-26 18:03:33.35123+00', 'opened', 'human mail; it belongs to no earlier ticket', 'mailresponder'),
	(2, 1, '2026-11-26 18:03:33.35123+00', 'sender_judged', 'From is not proven: no authserv-id is trusted', 'mailresponder'),
	(3, 2, '2026-11-26 18:03:33.351354+00', 'opened', 'human mail; it belongs to no earlier ticket', 'mailresponder'),
	(4, 2, '2026-11-26 18:03:33.351354+00', 'sender_judged', 'From is not proven: no authserv-id is trusted', 'mailresponder'),
	(5, 2, '2026-11-26 18:03:33.351354+00', 'angry', '1.00', 'mailresponder'),
	(6, 2, '2026-11-26 18:03:33.678352+00', 'escalated', 'level 1, told lead@example.com', 'mailresponder'),
	(7, 1, '2026-11-26 18:03:33.806166+00', 'acknowledgement_sent', '', 'mailresponder'),
	(8, 2, '2026-11-26 18:03:33.810651+00', 'acknowledgement_sent', '', 'mailresponder'),
	(9, 2, '2026-11-26 18:03:33.814325+00', 'escalation_sent', '', 'mailresponder'),
	(10, 51, '2026-11-26 18:03:35.705769+00', 'opened', 'human mail; it belongs to no earlier ticket', 'mailresponder'),
	(11, 51, '2026-11-26 18:03:35.705769+00', 'sender_judged', 'From is not proven: no authserv-id is trusted', 'mailresponder'),
	(12, 1, '2026-11-26 18:03:35.960823+00', 'answered', 'seen by sent_folder', 'staff'),
	(13, 51, '2026-11-26 18:03:39.519951+00', 'judged_angry', 'heard 0.05, not angry', 'ana (command line)'),
	(14, 51, '2026-11-26 18:03:41.762508+00', 'note', 'Sent him the label.', 'ana (command line)');
INSERT INTO folders VALUES
	('support', 'INBOX', 1795716211, 4, NULL, 1, 0),
	('support', 'Sent', 1795716212, 4, NULL, 1, 0);
INSERT INTO labels VALUES
	(55, true, 'ana (command line)', '2026-11-26 18:03:39.519951+00');
INSERT INTO mailbox_tasks VALUES
	(1, 'support', 'flag', 'INBOX', 1795716211, 2, '["$Angry", "\\Flagged"]', NULL, 'angry:3', 'done', 1, '2026-11-26 18:03:33.351354+00', NULL),
	(2, 'support', 'flag', 'INBOX', 1795716211, 2, '["$Escalated"]', NULL, 'escalated:3', 'done', 1, '2026-11-26 18:03:33.678352+00', NULL),
	(3, 'support', 'sent_copy', '', 0, 0, '[]', 1, 'copy:1', 'done', 1, '2026-11-26 18:03:33.806166+00', NULL),
	(4, 'support', 'sent_copy', '', 0, 0, '[]', 2, 'copy:2', 'done', 1, '2026-11-26 18:03:33.810651+00', NULL),
	(5, 'support', 'sent_copy', '', 0, 0, '[]', 51, 'copy:51', 'done', 1, '2026-11-26 18:03:33.814325+00', NULL),
	(6, 'support', 'flag', 'INBOX', 1795716211, 4, '["\\Flagged", "$Angry"]', NULL, 'angry:55:2026-11-26T18:03:39.519951+00:00', 'pending', 0, '2026-11-26 18:03:39.519951+00', NULL);
INSERT INTO mailboxes VALUES
	('support', '2026-11-26 18:03:33.257896+00', '2026-11-26 18:03:36.083682+00', '2026-11-26 18:03:36.083682+00', NULL, NULL, NULL, 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, 'all');
INSERT INTO message_themes VALUES
	(3, 'refund', 'words', 1.5),
	(3, 'damaged-item', 'words', 1),
	(1, 'late-delivery', 'words', 4),
	(55, 'size', 'words', 2.5),
	(55, 'return', 'words', 2);
INSERT INTO messages VALUES
	(1, 'cf8c5e1d44a4cb53511432ba9ce956c7a2277a1b7a75438b9a0811b3bdd0b90c:<1@customer.test>', 'support', 1, 'in', 'human', 'opened', '<1@customer.test>', '[]', '[]', 'emma@customer.test', 'support@example.com', 'Where is my order?', 'Hello,
my order 4711 has not arrived yet. When will it come?
Emma', '2026-11-26 18:03:31+00', 'en', 0.10968653428516609, false, '[]', '[]'),
	(2, '<mr.mr-376ym.xydirj524jolq.ljpjom7a4tq77f6s@example.com>', 'support', 1, 'out', 'own', 'recorded', '<mr.mr-376ym.xydirj524jolq.ljpjom7a4tq77f6s@example.com>', '[]', '[]', 'support@example.com', 'emma@customer.test', 'Re: Where is my order? [MR-376YM]', 'Hello Emma,
Your message “Where is my order?” has reached Acme Support. Its reference is
MR-376YM.
A person will read your message and answer you before Friday 27 November at
03:03 (Madrid time).
To add something, just reply to this mail. It will be put with your message.
This note is automatic. The answer will be written by a person.
Acme Support
', '2026-11-26 18:03:33.61491+00', NULL, NULL, false, '[]', '[]'),
	(3, '8615f91750d3a25f1d13a8a61834a8602ad8ce5930fa2a1e4bd20e68913344a3:<2@customer.test>', 'support', 2, 'in', 'human', 'opened', '<2@customer.test>', '[]', '[]', 'javier@customer.test', 'support@example.com', 'Esto es una verguenza', '¡Estoy harto! Es la tercera vez que llega roto. Sois unos inútiles. ¡Quiero mi dinero!', '2026-11-26 18:03:31+00', 'es', 0.9999904152530725, true, '[["in\u00fatiles", 3.72], ["harto", 2.99], ["verguenza", 2.81], ["Quiero mi dinero", 1.69], ["Sois", 1.23], ["tercera vez", 0.54], ["roto", 0.36]]', '[]'),
	(4, '<mr.mr-hw4jq.grkain7me5tsk.a7pvionwjcqbiz2u@example.com>', 'support', 2, 'out', 'own', 'recorded', '<mr.mr-hw4jq.grkain7me5tsk.a7pvionwjcqbiz2u@example.com>', '[]', '[]', 'support@example.com', 'javier@customer.test', 'Re: Esto es una verguenza [MR-HW4JQ]', 'Hola, Javier:
Su mensaje «Esto es una verguenza» ha llegado a Acme Support, y está claro
que algo ha ido mal. Lo hemos puesto por delante de los demás: una persona
lo leerá primero. Su referencia es MR-HW4JQ.
Este aviso le llega más tarde de lo debido: el plazo en que queríamos
responderle ya ha pasado. Su mensaje no se ha perdido. Una persona tiene que
contestarlo todavía, y lo hará.
Si falta algún dato, como un número de pedido o una fecha, responda a este
correo y lo uniremos a su mensaje.
Este aviso es automático y no resuelve nada. Solo le dice que su mensaje
está aquí y qué pasa ahora.
Acme Support
', '2026-11-26 18:03:33.639942+00', NULL, NULL, false, '[]', '[]'),
	(5, 'dcb97471621ef13bff541a6b5875a87c5351bb4696e552856e85a315b84fc0bc:<3@shop.test>', 'support', NULL, 'in', 'list', 'recorded', '<3@shop.test>', '[]', '[]', 'news@shop.test', 'support@example.com', '', '', '2026-11-26 18:03:31+00', NULL, NULL, false, '[]', '["list_header", "precedence"]'),
	(51, '<mr.mr-hw4jq.lxcnzcqzh2nwu.tuikzhn45lw2vmxg@example.com>', 'support', 2, 'out', 'own', 'recorded', '<mr.mr-hw4jq.lxcnzcqzh2nwu.tuikzhn45lw2vmxg@example.com>', '[]', '[]', 'support@example.com', 'lead@example.com', 'Angry and unanswered: Esto es una verguenza [MR-HW4JQ]', 'Javier Ruiz has been waiting for an answer for less than a minute, since
Thursday 26 November at 19:03. It was due by Thursday 26 November at 19:03:
less than a minute late.
> ¡Estoy harto! Es la tercera vez que llega roto. Sois unos inútiles.
> ¡Quiero mi dinero!
The customer is angry. What says so, from strong (+++) to weak (+):
“inútiles” +++, “harto” +++, “verguenza” +++, “Quiero mi dinero” +++, “Sois”
++, “tercera vez” +, “roto” +.
What to do
Reply to this mail with your answer. What you write above the quote goes to
Javier Ruiz from support@example.com.
Or begin your reply with commands:
- #mine: you take it. #assign ana@…: somebody else does.
- #snooze 2d: no reminder for two days. #wait: we wait for the customer.
- #answered: you answered by telephone. #close: it needs no answer.
- #angry, #not-angry: we misjudged it.
- #note …: for colleagues only. #help: all the commands.
- #merge MR-…: it belongs to another ticket. #spam: no customer wrote it.
Or answer from the shared mailbox support@example.com, or write to them
<javier@customer.test> with your mail program signed in to that mailbox: the
clock stops. A mail from your own address would not be counted.
What was said before
No acknowledgement has gone out.
You are told because Acme Support escalates what nobody answered in time.
', '2026-11-26 18:03:33.765839+00', NULL, NULL, false, '[]', '[]'),
	(52, '03fd10d3f590255cf8333acbd742179658ede47d408e9323be438884ca9a9a39:<mr.mr-376ym.xydirj524jolq.ljpjom7a4tq77f6s@example.com>', 'support', NULL, 'in', 'own', 'recorded', '<mr.mr-376ym.xydirj524jolq.ljpjom7a4tq77f6s@example.com>', '["<1@customer.test>"]', '["<1@customer.test>"]', 'support@example.com', 'emma@customer.test', '', '', '2026-11-26 18:03:33+00', NULL, NULL, false, '[]', '["own_message"]'),
	(53, 'bc29d1389c53ae67cdb41e2de584ab39e7034b88e2a9e8750f0d0be3315233d4:<mr.mr-hw4jq.grkain7me5tsk.a7pvionwjcqbiz2u@example.com>', 'support', NULL, 'in', 'own', 'recorded', '<mr.mr-hw4jq.grkain7me5tsk.a7pvionwjcqbiz2u@example.com>', '["<2@customer.test>"]', '["<2@customer.test>"]', 'support@example.com', 'javier@customer.test', '', '', '2026-11-26 18:03:33+00', NULL, NULL, false, '[]', '["own_message"]'),
	(54, '1caecfc85696341f3ade264ba701f1a5fb9268070a2c3854f9ebd466c8ca04c7:<mr.mr-hw4jq.lxcnzcqzh2nwu.tuikzhn45lw2vmxg@example.com>', 'support', NULL, 'in', 'own', 'recorded', '<mr.mr-hw4jq.lxcnzcqzh2nwu.tuikzhn45lw2vmxg@example.com>', '["<2@customer.test>"]', '["<2@customer.test>"]', 'support@example.com', 'lead@example.com', '', '', '2026-11-26 18:03:33+00', NULL, NULL, false, '[]', '["own_message"]'),
	(55, '5992a1598bc1978d2e5b485396efab38b0b883cfeee11573f44c8957c4dd15f6:<5@customer.test>', 'support', 51, 'in', 'human', 'opened', '<5@customer.test>', '[]', '[]', 'noah@customer.test', 'support@example.com', 'Wrong size', 'Hi,
the jacket is too small. How can I send it back?
Noah Hill', '2026-11-26 18:03:34+00', 'en', 0.05373462517852613, false, '[]', '[]'),
	(56, '<mr.mr-a9hs6.yb63yt44apoyq.qruma4mzznqpb3gd@example.com>', 'support', 51, 'out', 'own', 'recorded', '<mr.mr-a9hs6.yb63yt44apoyq.qruma4mzznqpb3gd@example.com>', '[]', '[]', 'support@example.com', 'noah@customer.test', 'Re: Wrong size [MR-A9HS6]', 'Hello Noah,
Your message “Wrong size” has reached Acme Support. Its reference is
MR-A9HS6.
A person will read your message and answer you before Friday 27 November at
03:03 (Madrid time).
To add something, just reply to this mail. It will be put with your message.
This note is automatic. The answer will be written by a person.
Acme Support
', '2026-11-26 18:03:35.928667+00', NULL, NULL, false, '[]', '[]'),
	(102, '8c0a40c3604cb8458403f6667d192bfc1c6790c4dd4e404d9c78d3bed88ec536:<4@example.com>', 'support', 1, 'staff', 'human', 'answered', '<4@example.com>', '["<1@customer.test>"]', '["<1@customer.test>"]', 'support@example.com', 'emma@customer.test', 'Re: Where is my order?', 'Hello Emma,
it comes on Friday.
Ana', '2026-11-26 18:03:34+00', NULL, NULL, false, '[]', '["sent_folder"]');
INSERT INTO notice_tickets VALUES
	(51, 2);
INSERT INTO outbox VALUES
	(1, 'support', 1, 'acknowledgement', 'emma@customer.test', 'emma@customer.test', 'where is my order?', '<mr.mr-376ym.xydirj524jolq.ljpjom7a4tq77f6s@example.com>', 'acknowledgement:MR-376YM', '\x46726f6d3a2041636d6520537570706f7274203c737570706f7274406578616d706c652e636f6d3e0d0a546f3a20456d6d61204c616b65203c656d6d6140637573746f6d65722e746573743e0d0a5375626a6563743a2052653a205768657265206973206d79206f726465723f205b4d522d333736594d5d0d0a446174653a205468752c203236204e6f7620323032362031383a30333a3333202b303030300d0a4d6573736167652d49443a203c6d722e6d722d333736796d2e78796469726a3532346a6f6c712e6c6a706a6f6d37613474713737663673406578616d706c652e636f6d3e0d0a496e2d5265706c792d546f3a203c3140637573746f6d65722e746573743e0d0a4175746f2d5375626d69747465643a206175746f2d7265706c6965640d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a20376269740d0a4d494d452d56657273696f6e3a20312e300d0a0d0a5765206861766520676f7420796f7572206d6573736167652e0d0a', '2026-11-27 02:03:00+00', 'sent', 1, false, 'desk1:27461:2d3576c1', NULL, '2026-11-26 18:03:33.61491+00', '2026-11-26 18:03:33.61491+00', '2026-11-26 18:03:33.806166+00', NULL, NULL),
	(2, 'support', 2, 'acknowledgement', 'javier@customer.test', 'javier@customer.test', 'esto es una verguenza', '<mr.mr-hw4jq.grkain7me5tsk.a7pvionwjcqbiz2u@example.com>', 'acknowledgement:MR-HW4JQ', '\x46726f6d3a2041636d6520537570706f7274203c737570706f7274406578616d706c652e636f6d3e0d0a546f3a204a6176696572205275697a203c6a617669657240637573746f6d65722e746573743e0d0a5375626a6563743a2052653a204573746f20657320756e61207665726775656e7a61205b4d522d4857344a515d0d0a446174653a205468752c203236204e6f7620323032362031383a30333a3333202b303030300d0a4d6573736167652d49443a203c6d722e6d722d6877346a712e67726b61696e376d653574736b2e61377076696f6e776a637162697a3275406578616d706c652e636f6d3e0d0a496e2d5265706c792d546f3a203c3240637573746f6d65722e746573743e0d0a4175746f2d5375626d69747465643a206175746f2d7265706c6965640d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a20376269740d0a4d494d452d56657273696f6e3a20312e300d0a0d0a5765206861766520676f7420796f7572206d6573736167652e0d0a', NULL, 'sent', 1, false, 'desk1:27461:2d3576c1', NULL, '2026-11-26 18:03:33.639942+00', '2026-11-26 18:03:33.639942+00', '2026-11-26 18:03:33.810651+00', NULL, NULL),
	(51, 'support', 2, 'escalation', 'lead@example.com', 'lead@example.com', 'esto es una verguenza', '<mr.mr-hw4jq.lxcnzcqzh2nwu.tuikzhn45lw2vmxg@example.com>', 'escalation:MR-HW4JQ:2026-11-26T18:03:33.678352+00:00:lead@example.com', '\x46726f6d3a2041636d6520537570706f7274203c737570706f7274406578616d706c652e636f6d3e0d0a546f3a206c656164406578616d706c652e636f6d0d0a5375626a6563743a20416e67727920616e6420756e616e7377657265643a204573746f20657320756e61207665726775656e7a61205b4d522d4857344a515d0d0a446174653a205468752c203236204e6f7620323032362031383a30333a3333202b303030300d0a4d6573736167652d49443a203c6d722e6d722d6877346a712e6c78636e7a63717a68326e77752e7475696b7a686e34356c7732766d7867406578616d706c652e636f6d3e0d0a496e2d5265706c792d546f3a203c3240637573746f6d65722e746573743e0d0a4175746f2d5375626d69747465643a206175746f2d67656e6572617465640d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a20376269740d0a4d494d452d56657273696f6e3a20312e300d0a0d0a5765206861766520676f7420796f7572206d6573736167652e0d0a', NULL, 'sent', 1, false, 'desk1:27461:2d3576c1', NULL, '2026-11-26 18:03:33.765839+00', '2026-11-26 18:03:33.765839+00', '2026-11-26 18:03:33.814325+00', NULL, NULL),
	(52, 'support', 51, 'acknowledgement', 'noah@customer.test', 'noah@customer.test', 'wrong size', '<mr.mr-a9hs6.yb63yt44apoyq.qruma4mzznqpb3gd@example.com>', 'acknowledgement:MR-A9HS6', '\x46726f6d3a2041636d6520537570706f7274203c737570706f7274406578616d706c652e636f6d3e0d0a546f3a204e6f61682048696c6c203c6e6f616840637573746f6d65722e746573743e0d0a5375626a6563743a2052653a2057726f6e672073697a65205b4d522d41394853365d0d0a446174653a205468752c203236204e6f7620323032362031383a30333a3335202b303030300d0a4d6573736167652d49443a203c6d722e6d722d61396873362e796236337974343461706f79712e7172756d61346d7a7a6e717062336764406578616d706c652e636f6d3e0d0a496e2d5265706c792d546f3a203c3540637573746f6d65722e746573743e0d0a4175746f2d5375626d69747465643a206175746f2d7265706c6965640d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a20376269740d0a4d494d452d56657273696f6e3a20312e300d0a0d0a5765206861766520676f7420796f7572206d6573736167652e0d0a', '2026-11-27 02:03:00+00', 'queued', 1, false, 'desk1:27526:6223a91c', NULL, '2026-11-26 18:03:35.928667+00', '2026-11-26 18:03:44.497105+00', NULL, '127.0.0.1:34999: not now: 451 4.3.0 later', NULL);
INSERT INTO participants VALUES
	(1, 'emma@customer.test', 'customer'),
	(2, 'javier@customer.test', 'customer'),
	(51, 'noah@customer.test', 'customer');
INSERT INTO sightings VALUES
	('support', 'INBOX', 1795716211, 1, 1, 'opened', '2026-11-26 18:03:31+00'),
	('support', 'INBOX', 1795716211, 2, 3, 'opened', '2026-11-26 18:03:31+00'),
	('support', 'INBOX', 1795716211, 3, 5, 'recorded', '2026-11-26 18:03:31+00'),
	('support', 'Sent', 1795716212, 1, 52, 'recorded', '2026-11-26 18:03:33+00'),
	('support', 'Sent', 1795716212, 2, 53, 'recorded', '2026-11-26 18:03:33+00'),
	('support', 'Sent', 1795716212, 3, 54, 'recorded', '2026-11-26 18:03:33+00'),
	('support', 'INBOX', 1795716211, 4, 55, 'opened', '2026-11-26 18:03:34+00'),
	('support', 'Sent', 1795716212, 4, 102, 'answered', '2026-11-26 18:03:34+00');
INSERT INTO themed VALUES
	(3, '28b8acc765a0dc21', NULL, NULL, 0.02039219625815854, '2026-11-26 18:03:33.869522+00'),
	(1, '28b8acc765a0dc21', NULL, NULL, 0.027895443690181407, '2026-11-26 18:03:33.869522+00'),
	(55, '28b8acc765a0dc21', NULL, NULL, 0.007354947021580437, '2026-11-26 18:03:36.092401+00');
INSERT INTO themes VALUES
	('late-delivery', 'kept', NULL, '{"en": "Late delivery", "es": "Retraso en la entrega"}', '{"en": ["not arrive", "not come yet", "not turn|show up", "not deliver", "not receive order|parcel|package|delivery|anything|purchase", "nothing come|arrive", "late delivery|parcel|package|order", "delivery|parcel|package|order late|overdue", "delay", "where (is) (my) order|parcel|package|delivery|purchase", "still wait", "tracking", "track order|parcel|package|number", "courier", "driver", "parcel|package|order lost|missing", "lost parcel|package", "lost in the post", "delivery date|slot|time|day", "when order|parcel|package|delivery arrive|come|here", "not ship|dispatch", "in transit", "out for delivery", "depot", "wait for order|parcel|package|delivery", "mark as delivered", "any news", "delivery", "should|was have arrived|come", "overdue"], "es": ["no llegar", "no recibir", "no venir paquete|pedido", "no aparece paquete|pedido", "paquete|pedido sin aparecer|llegar", "retraso", "retrasado", "entrega tarde|tardia", "llega tarde", "donde esta paquete|pedido|envio|compra", "sigo esperando", "esperar pedido|paquete|envio", "seguimiento", "repartidor", "reparto", "mensajero", "mensajeria", "transportista", "paquete|pedido|se ha|envio perdido|extraviado", "fecha|plazo|hora|dia de entrega", "cuando llega|llegara|viene|entregan", "=envio", "entrega", "en transito", "en reparto", "sin noticias", "alguna noticia|novedad", "de retraso", "=esperando pedido|paquete", "repartir"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml'),
	('damaged-item', 'kept', NULL, '{"en": "Damaged or faulty", "es": "Da\u00f1ado o defectuoso"}', '{"en": ["damage", "broken|broke|=breaks", "crack", "smash", "shatter", "scratch", "=dent|=dented|=dents", "torn|ripped", "=bent", "faulty", "defect*", "stop working", "not switch|turn on", "in pieces", "fall|fell|fallen apart|off", "came off", "poor|bad quality", "stain", "=fault|=faults", "not work from|out|properly", "it|item|product|machine|device not work", "snapped", "battery not charge|hold", "burning|burnt smell", "worn out"], "es": ["da\u00f1o|da\u00f1ado|da\u00f1ada|danado|danada", "roto|rota|rompio|rompe|romper|=rotura", "grieta", "rajado", "ara\u00f1azo|rayado", "golpe", "abollado|abolladura", "rasgado|descosido", "defecto", "defectuoso", "dejo|dejado de funcionar", "no enciende", "en mal estado", "mala calidad", "hecho pedazos|trizas|polvo", "averiado|averia", "partido por la mitad", "se ha|se partido|quemado|=despegado", "mancha|manchado", "desperfecto", "=doblado|=doblada|torcido", "no carga", "producto|articulo|aparato no funciona", "huele a quemado"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml'),
	('wrong-item', 'kept', NULL, '{"en": "Wrong or missing item", "es": "Art\u00edculo equivocado o incompleto"}', '{"en": ["wrong item|product|article|order|thing|parcel|package|model|one", "wrong colour|color", "not what order", "not the one order", "=sent|receive|=got another", "different item|product|model|colour|color|one", "instead of the one", "somebody|someone else''s order|parcel|package", "=mix|mixed up", "=mixup", "item|part|piece missing", "missing item|part|piece|from", "=incomplete", "not inside|included", "not as described", "not mine", "never|not bought|asked"], "es": ["articulo|producto|pedido|color|modelo|paquete equivocado|erroneo|incorrecto", "no es lo que pedi", "no es el que pedi", "=equivocado|=equivocada", "se han|habeis equivocado|confundido", "llegado|enviado|mandado|recibido otro", "otro producto|articulo|modelo", "pedido|paquete de otra persona|cliente", "falta pieza|parte|articulo|producto|unidad", "=incompleto|=incompleta", "no corresponde|coincide", "por error", "distinto|diferente al|a|del|de lo", "no es mio", "mandado|enviado otro paquete"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml'),
	('return', 'kept', NULL, '{"en": "Returns and exchanges", "es": "Devoluciones y cambios"}', '{"en": ["return", "send|sent|take|bring|post|give back", "exchange", "=swap", "returns label|policy", "right of withdrawal", "withdrawal", "withdraw from", "change|changed my mind", "not suit", "send it|them back"], "es": ["devolucion", "devolver", "devuelvo|devuelva", "cambio|cambiar de talla|producto|articulo|color", "cambiar por otro", "etiqueta de devolucion", "derecho de desistimiento", "desistimiento", "desistir", "plazo para devolver", "recoger|recogida devolucion", "no me convence", "cambiado de idea|opinion"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml'),
	('refund', 'kept', NULL, '{"en": "Refunds", "es": "Reembolsos"}', '{"en": ["refund", "money|amount back", "reimburse*", "repay*", "pay|paid back", "credited account|card|amount", "amount credited", "get|return my money", "where|about money", "owe me", "compensat*", "still wait money", "chargeback"], "es": ["reembolso", "reembolsar", "devolver|devuelvan|devuelto|devolvedme dinero|importe|pago|cantidad|pasta", "mi dinero", "=abono", "=abonar|=abonado|=abonan|=abonen|=abonaban", "reintegro", "reintegrar", "indemnizacion", "compensacion", "devolucion del|de dinero|importe|pago|\u20ac", "han ingresado importe|dinero", "perdido dinero", "dinero sin aparecer"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml'),
	('payment', 'kept', NULL, '{"en": "Payment and charges", "es": "Pagos y cobros"}', '{"en": ["charge twice|double", "double charge|payment", "charge wrong|too", "overcharge*", "payment fail|decline|reject|refuse|method|problem|issue|error", "card|payment decline|reject|refuse|not accepted", "pay by card|paypal|transfer|invoice|instalment", "credit|debit card", "direct debit", "bank transfer", "=instalment|=instalments|=installments", "charge|debit from|to|on card|account", "paypal", "took|taken money", "unauthorised|unauthorized|unknown charge|payment|transaction", "hidden fee|charge|cost", "extra charge|cost|fee", "not let me pay"], "es": ["cobrar dos veces|doble", "doble cobro|cargo|pago", "cobro|cargo duplicado", "cobrar de mas", "cobro|cargo indebido", "pago rechazado|fallido|denegado|pendiente", "tarjeta rechazada|denegada", "pagar con|por|mediante tarjeta|paypal|transferencia|bizum", "tarjeta de credito|debito", "=domiciliacion", "=domiciliar|=domiciliado", "transferencia", "pagar|pago a plazos", "cargo en tarjeta|cuenta", "me|nos han|habeis|ha cobrado", "bizum", "paypal", "=cobro|=cobros", "forma|metodo|pasarela de pago", "no puedo|deja pagar", "gastos ocultos|adicionales", "problema|error con|en|de pago"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml'),
	('invoice', 'kept', NULL, '{"en": "Invoices", "es": "Facturas"}', '{"en": ["invoice", "=receipt|=receipts", "=vat", "billing address|details|department|data", "=bill|=bills|=billed", "tax number|id|purposes", "proof of purchase", "payment reminder", "bookkeeping|=accounting"], "es": ["factura", "facturar|=facturado", "datos|direccion de facturacion", "=cif|=nif", "=iva", "=recibo|=recibos", "ticket|justificante de compra", "datos fiscales", "razon social", "recordatorio de pago", "contabilidad", "hacienda"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml'),
	('opening-hours', 'kept', NULL, '{"en": "Shops, opening hours and appointments", "es": "Tiendas, horarios y citas"}', '{"en": ["opening hours|times", "hours|times of shop|store|opening", "open on|until|till|sunday|saturday|today|tomorrow|at", "are|is (you|shop|store) open|closed", "you|shop|store open|close|shut", "what time close|open|shut", "when close|open|shut", "=closed on|at|for", "shop|store hours|open|closed", "=parking", "appointment", "nearest shop|store|branch", "bank holiday", "book|change table|appointment|reservation", "visit shop|store|showroom"], "es": ["horario", "abrir|abris|abren|abre|abr\u00eds domingo|sabado|festivo|hoy|ma\u00f1ana|tarde|mediodia", "=abris|=abren|=abierta|=abiertos", "estais|estan|tienda abierto|cerrado", "a que hora", "hasta que hora", "cerrais|cierran|cerrado domingo|sabado|festivo|hoy|mediodia|agosto|tienda", "=cerrais", "tienda fisica", "=aparcamiento|=parking|=aparcar", "=cita|=citas", "=festivo|=festivos", "sucursal", "tienda mas cercana"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml'),
	('account', 'kept', NULL, '{"en": "Account and sign-in", "es": "Cuenta y acceso"}', '{"en": ["log in|into|on", "login", "logon", "sign in", "password", "account lock|block|delete|close|hack|suspend", "reset link|mail|email|code", "access|open|enter|unlock account", "create|delete my|an|the account", "register", "registration", "username|user name", "verification|security|access code", "delete data", "two factor", "change email|mail", "personal data", "not access", "code not|never come|arrive|received", "captcha"], "es": ["iniciar|inicio|cierra|cerrar sesion", "contrase\u00f1a|contrasena", "entrar|acceder|acceso a|en cuenta|perfil|area", "cuenta bloqueada|cerrada|eliminada|hackeada|suspendida", "desbloquear|desbloqueen cuenta", "registrarme|registrarse|registrar", "=registro", "=usuario", "codigo de verificacion|seguridad|acceso", "restablecer|recuperar clave|contrasena|contrase\u00f1a|cuenta|acceso", "correo|enlace|email de recuperacion", "no llega codigo|enlace|correo|email", "borrar|eliminar cuenta|datos", "datos personales", "=clave|=claves", "cambiar correo|email", "captcha", "crear cuenta"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml'),
	('discount', 'kept', NULL, '{"en": "Discounts and vouchers", "es": "Descuentos y cupones"}', '{"en": ["discount", "voucher", "coupon", "promo|promotion|promotional|discount|voucher|coupon|gift code", "promo|promotion", "code not work|accept|valid|recognise|recognize", "code expire|reject|used|forgot", "use|enter|apply code", "forgot code", "gift card|voucher|certificate", "loyalty points|card", "my points", "black friday", "special|advertised offer|price", "sale price", "price match|drop|difference", "free shipping|delivery|postage"], "es": ["descuento", "cupon", "codigo promocional|descuento|amigo", "promocion", "=promo", "codigo no funciona|acepta|valido|valida|va", "codigo caducado|usado|rechazado", "no acepta|funciona|valido codigo", "meter|aplicar|usar|introducir|poner|olvide codigo", "tarjeta|cheque|vale regalo", "vale de descuento|compra", "puntos de fidelidad|socio", "mis puntos", "oferta", "rebaja", "black friday", "bajo|bajado de precio", "diferencia de precio", "envio gratis|gratuito"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml'),
	('availability', 'kept', NULL, '{"en": "Availability", "es": "Disponibilidad"}', '{"en": ["in|of|back|out stock", "sold out", "restock", "unavailable", "not available", "available again|in|soon|online", "is|are available", "availability", "discontinue", "waiting list", "do you (still) have|sell|stock", "any left", "=reserve", "pre order", "get|have more in", "none left"], "es": ["=agotado|=agotada|=agotados|=agotadas", "=stock", "=existencias", "disponible", "disponibilidad", "descatalogado", "lista de espera", "volver|vuelve|vuelven a tener|haber|vender", "reponer|reposicion", "queda alguno|alguna", "os|les queda|quedan", "=reservar", "ya no vende|venden|fabrica|fabrican", "va|vais|van a traer|entrar|recibir mas", "no quedan|queda"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml'),
	('size', 'kept', NULL, '{"en": "Size and fit", "es": "Tallas y medidas"}', '{"en": ["size", "too small|big|large|tight|short|wide|narrow|loose", "not fit", "does it fit", "=fits small|large", "measurement", "dimension", "how big|tall|wide", "=runs small|large|big"], "es": ["talla", "=tallaje", "me queda|viene grande|peque\u00f1o|pequeno|corto|largo|ancho|estrecho|justo", "demasiado|muy grande|peque\u00f1o|pequeno|corto|largo|estrecho|ancho", "=medidas|=medida", "dimension", "cuanto mide"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml'),
	('order-change', 'kept', NULL, '{"en": "Changing or cancelling an order", "es": "Cambiar o anular un pedido"}', '{"en": ["cancel order|purchase", "change order|delivery|shipping address", "wrong|new|old|different|another|delivery|shipping|previous address", "change address", "address change|wrong|not", "move|moved|moving house|home|flat", "=moving", "=moved", "amend|modify|edit|change order", "typed|entered|gave wrong", "mistake in address|order", "deliver|send|redirect to neighbour|work|office|another|different", "redirect", "not live there|here", "add to order", "in time to cancel"], "es": ["cancelar|anular pedido|compra|orden", "cancelacion|anulacion de|del pedido|compra", "cambiar|cambio|modificar|corregir|poner|borrar|actualizar (de) direccion", "direccion equivocada|incorrecta|erronea|antigua|nueva|mal|anterior", "direccion de envio|entrega", "nueva direccion", "no es direccion", "=mudanza", "mudado|mudamos|mudo", "modificar|cambiar pedido", "a\u00f1adir al pedido", "me equivoque|confundi en|al|con|de", "enviar|entregar|mandar a otra|oficina|trabajo", "=desviar", "no|ya vivo", "cambio de domicilio"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml'),
	('repair', 'kept', NULL, '{"en": "Warranty, repair and spare parts", "es": "Garant\u00eda, reparaci\u00f3n y repuestos"}', '{"en": ["warranty", "guarantee", "repair", "spare|replacement part|parts|screw|battery", "=spare|=spares", "technician", "technical service", "get it fixed", "=replacement", "service centre|center", "missing screws", "order|need|buy|sell part|screw|lid|handle|battery|wheel", "part number", "mend"], "es": ["garantia", "reparacion", "reparar", "arreglar producto|aparato|maquina", "repuesto", "recambio", "pieza de repuesto|recambio", "servicio tecnico", "tecnico", "=sat", "pieza suelta|separado", "por separado", "comprar|pedir|vender|necesito pieza|tapa|tornillo", "tornillo"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml'),
	('subscription', 'kept', NULL, '{"en": "Subscriptions and newsletters", "es": "Suscripciones y boletines"}', '{"en": ["subscription", "unsubscribe", "=subscribe|=subscribed", "membership", "cancel membership|contract|subscription|plan", "renew", "contract", "free trial", "stop sending|emailing", "stop newsletter|mail|email|advertising", "mailing list", "monthly plan|fee|box|payment", "too many emails|mails|newsletters", "off|from newsletter|list"], "es": ["suscripcion", "suscribir|suscrito", "darme|dar|darse|dadme|denme|doy|dad de baja", "=baja de|del|en", "renovacion", "renovar|renueva", "=cuota|=cuotas", "contrato", "permanencia", "periodo|mes de prueba", "dejar|dejen|dejad de enviar|mandar", "no quiero recibir mas|publicidad|correos", "publicidad", "socio", "quitar|borrar|sacar de lista"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml'),
	('customer-service', 'kept', NULL, '{"en": "Customer service", "es": "Atenci\u00f3n al cliente"}', '{"en": ["bad|poor|terrible|awful|worst|slow|useless|appalling|rubbish customer|service|support", "not answer|reply|respond|pick|called", "nobody answer|reply|respond|pick|call", "no reply|answer|response", "on hold", "=ignored|=ignoring|=ignore me|my|us", "=rude", "unfriendly|impolite", "call|ring|rang|write|wrote|email several|three|four|many|five times", "phone line|queue|engaged", "hotline|helpline", "call centre|center", "=chat|chatbot|=bot", "speak|talk to someone|somebody|human|person|manager", "hung up", "=supervisor", "unhelpful", "no one|nobody cares|helps|there"], "es": ["mala|pesima|horrible|nefasta|lamentable atencion", "mal|malo|pesimo|nefasto|peor servicio|trato", "no contestan|contestar|responden|responder|contesta|responde", "no cogen|coge telefono|llamada", "nadie contesta|responde|coge|atiende", "=ignorado|=ignoran|=ignoraron|=ignorando", "sin respuesta", "ninguna respuesta", "maleducado|grosero|borde", "he llamado|escrito varias|tres|cuatro|cinco|muchas|mil", "telefono de atencion|contacto", "linea telefonica", "centralita|=contestador", "=chat|chatbot|=bot", "hablar con alguien|persona|encargado|responsable|humano", "cuelgan|colgaron", "trato recibido", "hoja de reclamaciones|reclamacion"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml'),
	('praise', 'kept', NULL, '{"en": "Praise", "es": "Elogios"}', '{"en": ["great|excellent|wonderful|fantastic|amazing|brilliant|outstanding|superb|lovely|good|friendly|best|perfect service|staff|team|experience|help|support|job|work|advice|shop|people", "so|very|really|extremely helpful|kind|friendly|pleased|happy|impressed|grateful|polite|patient", "he|she|they|staff|team|everybody|everyone|everything wonderful|fantastic|brilliant|perfect|lovely|polite|excellent|kind|friendly|great|amazing", "keep it up", "keep up the good", "well done", "thank team|staff|colleague|everyone", "thank you to|note|for everything", "thanks to staff|team|colleague|lady|gentleman", "highly|will|i recommend", "=praise|compliment", "=thank-you", "out of way", "made my day", "pass on thanks|praise", "delighted", "credit to", "a joy|pleasure to"], "es": ["excelente|magnifico|estupendo|maravilloso|fantastico|buen|gran|impecable|inmejorable|exquisito servicio|trato|atencion|equipo|trabajo|experiencia|profesional|compa\u00f1ero", "magnifica|estupenda|maravillosa|fantastica|buena atencion|experiencia", "muy|tan|super amable|contento|satisfecho|agradecido|profesional|simpatico|atento|majo", "=educados|=educado|=educada|encantador|=encantadora|=encantadores|=amabilidad", "da gusto", "un encanto", "enhorabuena", "felicitar|felicitacion|felicidades", "seguid|sigan asi", "un diez", "encantado con|de", "=elogio|=elogios", "recomendare|recomiendo tienda|todos|sin|vuestra|mucho|=a", "agradecer|agradezco trato|atencion|ayuda|profesionalidad|amabilidad", "gracias de mi|nuestra parte", "=agradecimiento", "chapo|chapeau", "=gracias a vuestra|vuestro|su compa\u00f1era|compa\u00f1ero|ayuda|equipo|amabilidad", "salvado|alegrado el dia"]}', NULL, NULL, 0, '2026-11-26 18:03:33.869522+00', '2026-11-26 18:03:33.869522+00', 'themes.toml');
INSERT INTO tickets VALUES
	(2, 'MR-HW4JQ', 'support', 'open', 'Esto es una verguenza', 'esto es una verguenza', 'javier@customer.test', 'Javier Ruiz', 'es', 0.9999904152530725, true, '[["in\u00fatiles", 3.72], ["harto", 2.99], ["verguenza", 2.81], ["Quiero mi dinero", 1.69], ["Sois", 1.23], ["tercera vez", 0.54], ["roto", 0.36]]', '2026-11-26 18:03:31+00', '2026-11-26 18:03:31+00', '2026-11-26 18:03:32+00', NULL, 1, '2026-11-26 18:03:33.678352+00', NULL, NULL, '2026-11-26 18:03:33.810651+00', '[]', NULL, NULL, NULL, NULL, NULL, 'text', false, NULL, NULL, NULL, NULL, NULL, NULL, false),
	(1, 'MR-376YM', 'support', 'answered', 'Where is my order?', 'where is my order?', 'emma@customer.test', 'Emma Lake', 'en', 0.10968653428516609, false, '[]', '2026-11-26 18:03:31+00', NULL, NULL, '2026-11-26 18:03:34+00', 0, NULL, NULL, NULL, '2026-11-26 18:03:33.806166+00', '[]', NULL, NULL, NULL, NULL, NULL, 'text', false, NULL, NULL, '2026-11-26 18:03:34+00', NULL, NULL, NULL, false),
	(51, 'MR-A9HS6', 'support', 'open', 'Wrong size', 'wrong size', 'noah@customer.test', 'Noah Hill', 'en', 0.05373462517852613, true, '[]', '2026-11-26 18:03:34+00', '2026-11-26 18:03:34+00', '2026-11-26 18:03:40.519951+00', NULL, 0, NULL, '2026-11-26 18:03:40.519951+00', NULL, NULL, '[]', NULL, NULL, NULL, 'ana (command line)', NULL, 'text', false, NULL, NULL, NULL, NULL, NULL, NULL, false);
SELECT pg_catalog.setval('announcements_id_seq', 1, false);
SELECT pg_catalog.setval('answers_id_seq', 1, true);
SELECT pg_catalog.setval('audit_id_seq', 1, true);
SELECT pg_catalog.setval('corrections_id_seq', 1, false);
SELECT pg_catalog.setval('defects_id_seq', 1, true);
SELECT pg_catalog.setval('events_id_seq', 14, true);
SELECT pg_catalog.setval('mailbox_tasks_id_seq', 6, true);
SELECT pg_catalog.setval('messages_id_seq', 151, true);
SELECT pg_catalog.setval('outbox_id_seq', 101, true);
SELECT pg_catalog.setval('tickets_id_seq', 100, true);
ALTER TABLE ONLY alembic_version ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY announced ADD CONSTRAINT pk_announced PRIMARY KEY (defect_id, customer_key);
ALTER TABLE ONLY announcements ADD CONSTRAINT pk_announcements PRIMARY KEY (id);
ALTER TABLE ONLY answers ADD CONSTRAINT pk_answers PRIMARY KEY (id);
ALTER TABLE ONLY audit ADD CONSTRAINT pk_audit PRIMARY KEY (id);
ALTER TABLE ONLY corrections ADD CONSTRAINT pk_corrections PRIMARY KEY (id);
ALTER TABLE ONLY defect_tickets ADD CONSTRAINT pk_defect_tickets PRIMARY KEY (defect_id, ticket_id);
ALTER TABLE ONLY defects ADD CONSTRAINT pk_defects PRIMARY KEY (id);
ALTER TABLE ONLY desk ADD CONSTRAINT pk_desk PRIMARY KEY (key);
ALTER TABLE ONLY drafts ADD CONSTRAINT pk_drafts PRIMARY KEY (ticket_id);
ALTER TABLE ONLY ended_sessions ADD CONSTRAINT pk_ended_sessions PRIMARY KEY (session);
ALTER TABLE ONLY events ADD CONSTRAINT pk_events PRIMARY KEY (id);
ALTER TABLE ONLY folders ADD CONSTRAINT pk_folders PRIMARY KEY (mailbox, folder);
ALTER TABLE ONLY labels ADD CONSTRAINT pk_labels PRIMARY KEY (message_row);
ALTER TABLE ONLY leases ADD CONSTRAINT pk_leases PRIMARY KEY (name);
ALTER TABLE ONLY mailbox_tasks ADD CONSTRAINT pk_mailbox_tasks PRIMARY KEY (id);
ALTER TABLE ONLY mailboxes ADD CONSTRAINT pk_mailboxes PRIMARY KEY (name);
ALTER TABLE ONLY message_themes ADD CONSTRAINT pk_message_themes PRIMARY KEY (message_row, theme);
ALTER TABLE ONLY messages ADD CONSTRAINT pk_messages PRIMARY KEY (id);
ALTER TABLE ONLY notice_tickets ADD CONSTRAINT pk_notice_tickets PRIMARY KEY (outbox_id, ticket_id);
ALTER TABLE ONLY outbox ADD CONSTRAINT pk_outbox PRIMARY KEY (id);
ALTER TABLE ONLY participants ADD CONSTRAINT pk_participants PRIMARY KEY (ticket_id, address, role);
ALTER TABLE ONLY sightings ADD CONSTRAINT pk_sightings PRIMARY KEY (mailbox, folder, uidvalidity, uid);
ALTER TABLE ONLY themed ADD CONSTRAINT pk_themed PRIMARY KEY (message_row);
ALTER TABLE ONLY themes ADD CONSTRAINT pk_themes PRIMARY KEY (key);
ALTER TABLE ONLY tickets ADD CONSTRAINT pk_tickets PRIMARY KEY (id);
ALTER TABLE ONLY untold ADD CONSTRAINT pk_untold PRIMARY KEY (ticket_id, recipient_key);
ALTER TABLE ONLY defects ADD CONSTRAINT uq_defects_name_key UNIQUE (name_key);
ALTER TABLE ONLY mailbox_tasks ADD CONSTRAINT uq_mailbox_tasks_dedup_key UNIQUE (dedup_key);
ALTER TABLE ONLY messages ADD CONSTRAINT uq_messages_dedup_key UNIQUE (dedup_key);
ALTER TABLE ONLY outbox ADD CONSTRAINT uq_outbox_dedup_key UNIQUE (dedup_key);
ALTER TABLE ONLY outbox ADD CONSTRAINT uq_outbox_message_id UNIQUE (message_id);
ALTER TABLE ONLY tickets ADD CONSTRAINT uq_tickets_reference UNIQUE (reference);
CREATE INDEX ix_announced_outbox_id ON announced USING btree (outbox_id);
CREATE INDEX ix_announced_ticket_id ON announced USING btree (ticket_id);
CREATE INDEX ix_announcements_defect_id ON announcements USING btree (defect_id);
CREATE INDEX ix_answers_answered_at ON answers USING btree (answered_at);
CREATE INDEX ix_answers_outbox_id ON answers USING btree (outbox_id);
CREATE INDEX ix_answers_ticket_id ON answers USING btree (ticket_id);
CREATE INDEX ix_audit_what_at ON audit USING btree (what, at);
CREATE INDEX ix_defect_tickets_ticket_id ON defect_tickets USING btree (ticket_id);
CREATE INDEX ix_drafts_mailbox_state ON drafts USING btree (mailbox, state);
CREATE INDEX ix_events_ticket_id ON events USING btree (ticket_id);
CREATE INDEX ix_mailbox_tasks_mailbox_state_next_attempt_at ON mailbox_tasks USING btree (mailbox, state, next_attempt_at);
CREATE INDEX ix_mailbox_tasks_outbox_id ON mailbox_tasks USING btree (outbox_id);
CREATE INDEX ix_message_themes_theme_message_row ON message_themes USING btree (theme, message_row);
CREATE INDEX ix_messages_message_id ON messages USING btree (message_id);
CREATE INDEX ix_messages_ticket_id_at ON messages USING btree (ticket_id, at);
CREATE INDEX ix_outbox_mailbox_settled_at ON outbox USING btree (mailbox, settled_at);
CREATE INDEX ix_outbox_recipient_key_settled_at ON outbox USING btree (recipient_key, settled_at);
CREATE INDEX ix_outbox_sent_as ON outbox USING btree (sent_as);
CREATE INDEX ix_outbox_state_mailbox_next_attempt_at ON outbox USING btree (state, mailbox, next_attempt_at);
CREATE INDEX ix_outbox_ticket_id ON outbox USING btree (ticket_id);
CREATE INDEX ix_participants_address ON participants USING btree (address);
CREATE INDEX ix_sightings_message_row ON sightings USING btree (message_row);
CREATE INDEX ix_themed_space ON themed USING btree (space);
CREATE INDEX ix_tickets_mailbox_state_next_escalation_at ON tickets USING btree (mailbox, state, next_escalation_at);
CREATE INDEX ix_tickets_mailbox_state_rests_since ON tickets USING btree (mailbox, state, rests_since);
CREATE INDEX ix_tickets_mailbox_unreachable_at ON tickets USING btree (mailbox, unreachable_at);
CREATE INDEX ix_tickets_state_due_at ON tickets USING btree (state, due_at);
ALTER TABLE ONLY announced ADD CONSTRAINT fk_announced_defect_id_defects FOREIGN KEY (defect_id) REFERENCES defects(id);
ALTER TABLE ONLY announced ADD CONSTRAINT fk_announced_outbox_id_outbox FOREIGN KEY (outbox_id) REFERENCES outbox(id);
ALTER TABLE ONLY announced ADD CONSTRAINT fk_announced_ticket_id_tickets FOREIGN KEY (ticket_id) REFERENCES tickets(id);
ALTER TABLE ONLY announcements ADD CONSTRAINT fk_announcements_defect_id_defects FOREIGN KEY (defect_id) REFERENCES defects(id);
ALTER TABLE ONLY answers ADD CONSTRAINT fk_answers_outbox_id_outbox FOREIGN KEY (outbox_id) REFERENCES outbox(id);
ALTER TABLE ONLY answers ADD CONSTRAINT fk_answers_ticket_id_tickets FOREIGN KEY (ticket_id) REFERENCES tickets(id);
ALTER TABLE ONLY defect_tickets ADD CONSTRAINT fk_defect_tickets_defect_id_defects FOREIGN KEY (defect_id) REFERENCES defects(id);
ALTER TABLE ONLY defect_tickets ADD CONSTRAINT fk_defect_tickets_ticket_id_tickets FOREIGN KEY (ticket_id) REFERENCES tickets(id);
ALTER TABLE ONLY drafts ADD CONSTRAINT fk_drafts_ticket_id_tickets FOREIGN KEY (ticket_id) REFERENCES tickets(id);
ALTER TABLE ONLY events ADD CONSTRAINT fk_events_ticket_id_tickets FOREIGN KEY (ticket_id) REFERENCES tickets(id);
ALTER TABLE ONLY labels ADD CONSTRAINT fk_labels_message_row_messages FOREIGN KEY (message_row) REFERENCES messages(id);
ALTER TABLE ONLY mailbox_tasks ADD CONSTRAINT fk_mailbox_tasks_outbox_id_outbox FOREIGN KEY (outbox_id) REFERENCES outbox(id);
ALTER TABLE ONLY message_themes ADD CONSTRAINT fk_message_themes_message_row_messages FOREIGN KEY (message_row) REFERENCES messages(id) ON DELETE CASCADE;
ALTER TABLE ONLY messages ADD CONSTRAINT fk_messages_ticket_id_tickets FOREIGN KEY (ticket_id) REFERENCES tickets(id);
ALTER TABLE ONLY notice_tickets ADD CONSTRAINT fk_notice_tickets_outbox_id_outbox FOREIGN KEY (outbox_id) REFERENCES outbox(id) ON DELETE CASCADE;
ALTER TABLE ONLY notice_tickets ADD CONSTRAINT fk_notice_tickets_ticket_id_tickets FOREIGN KEY (ticket_id) REFERENCES tickets(id);
ALTER TABLE ONLY outbox ADD CONSTRAINT fk_outbox_ticket_id_tickets FOREIGN KEY (ticket_id) REFERENCES tickets(id);
ALTER TABLE ONLY participants ADD CONSTRAINT fk_participants_ticket_id_tickets FOREIGN KEY (ticket_id) REFERENCES tickets(id);
ALTER TABLE ONLY sightings ADD CONSTRAINT fk_sightings_message_row_messages FOREIGN KEY (message_row) REFERENCES messages(id);
ALTER TABLE ONLY themed ADD CONSTRAINT fk_themed_message_row_messages FOREIGN KEY (message_row) REFERENCES messages(id) ON DELETE CASCADE;
ALTER TABLE ONLY untold ADD CONSTRAINT fk_untold_ticket_id_tickets FOREIGN KEY (ticket_id) REFERENCES tickets(id);
