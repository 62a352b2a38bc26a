CREATE TABLE alembic_version ( version_num character varying(32) NOT NULL
);
CREATE TABLE desk ( key text NOT NULL, value text NOT NULL
);
CREATE TABLE events ( id bigint NOT NULL, ticket_id bigint NOT NULL, at timestamp with time zone NOT NULL, what text NOT NULL, why text NOT NULL, by text NOT NULL
);
CREATE SEQUENCE events_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE events_id_seq OWNED BY events.id;
CREATE TABLE folders ( mailbox text NOT NULL, folder text NOT NULL, uidvalidity bigint NOT NULL, last_uid bigint NOT NULL, floor timestamp with time zone
);
CREATE TABLE leases ( name text NOT NULL, owner text NOT NULL, expires_at timestamp with time zone NOT NULL
);
CREATE TABLE mailbox_tasks ( id bigint NOT NULL, mailbox text NOT NULL, kind text NOT NULL, folder text NOT NULL, uidvalidity bigint NOT NULL, uid bigint NOT NULL, argument json NOT NULL, outbox_id bigint, dedup_key text NOT NULL, state text NOT NULL, attempts integer NOT NULL, next_attempt_at timestamp with time zone NOT NULL, last_error text
);
CREATE SEQUENCE mailbox_tasks_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE mailbox_tasks_id_seq OWNED BY mailbox_tasks.id;
CREATE TABLE mailboxes ( name text NOT NULL, started_at timestamp with time zone, last_pass_at timestamp with time zone, last_ok_at timestamp with time zone, failing_since timestamp with time zone, error text, told_at timestamp with time zone
);
CREATE TABLE messages ( id bigint NOT NULL, dedup_key text NOT NULL, mailbox text NOT NULL, ticket_id bigint, direction text NOT NULL, kind text NOT NULL, outcome text NOT NULL, message_id text, in_reply_to json NOT NULL, "references" json NOT NULL, "from" text NOT NULL, "to" text NOT NULL, subject text NOT NULL, new_text text NOT NULL, at timestamp with time zone NOT NULL, language text, anger double precision, angry boolean NOT NULL, because json NOT NULL, reasons json NOT NULL
);
CREATE SEQUENCE messages_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE messages_id_seq OWNED BY messages.id;
CREATE TABLE outbox ( id bigint NOT NULL, mailbox text NOT NULL, ticket_id bigint, kind text NOT NULL, recipient text NOT NULL, recipient_key text NOT NULL, subject_key text NOT NULL, message_id text NOT NULL, dedup_key text NOT NULL, content bytea NOT NULL, promise_until timestamp with time zone, state text NOT NULL, attempts integer NOT NULL, maybe_sent boolean NOT NULL, owner text, lease_expires_at timestamp with time zone, created_at timestamp with time zone NOT NULL, next_attempt_at timestamp with time zone NOT NULL, settled_at timestamp with time zone, last_error text
);
CREATE SEQUENCE outbox_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE outbox_id_seq OWNED BY outbox.id;
CREATE TABLE participants ( ticket_id bigint NOT NULL, address text NOT NULL, role text NOT NULL
);
CREATE TABLE sightings ( mailbox text NOT NULL, folder text NOT NULL, uidvalidity bigint NOT NULL, uid bigint NOT NULL, message_row bigint, outcome text NOT NULL, at timestamp with time zone NOT NULL
);
CREATE TABLE tickets ( id bigint NOT NULL, reference text NOT NULL, mailbox text NOT NULL, state text NOT NULL, subject text NOT NULL, subject_key text NOT NULL, customer_email text NOT NULL, customer_name text NOT NULL, language text NOT NULL, anger double precision NOT NULL, angry boolean NOT NULL, because json NOT NULL, opened_at timestamp with time zone NOT NULL, waiting_since timestamp with time zone, due_at timestamp with time zone, answered_at timestamp with time zone, escalation_level integer NOT NULL, escalated_at timestamp with time zone, next_escalation_at timestamp with time zone, snoozed_until timestamp with time zone, acknowledged_at timestamp with time zone, suppressed_by json NOT NULL
);
CREATE SEQUENCE tickets_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE tickets_id_seq OWNED BY tickets.id;
ALTER TABLE ONLY events ALTER COLUMN id SET DEFAULT nextval('events_id_seq'::regclass);
ALTER TABLE ONLY mailbox_tasks ALTER COLUMN id SET DEFAULT nextval('mailbox_tasks_id_seq'::regclass);
ALTER TABLE ONLY messages ALTER COLUMN id SET DEFAULT nextval('messages_id_seq'::regclass);
ALTER TABLE ONLY outbox ALTER COLUMN id SET DEFAULT nextval('outbox_id_seq'::regclass);
ALTER TABLE ONLY tickets ALTER COLUMN id SET DEFAULT nextval('tickets_id_seq'::regclass);
INSERT INTO alembic_version VALUES
	('0001');
INSERT INTO desk VALUES
	('secret_fingerprint', '5ab8c392c2c54035a048aa6596dd415f'),
	('ladder:support', '254be51b8ecfdbcbeec7a7a1547e91f06bc876d541b5b3bc03654b9af3b0b8ac');
INSERT INTO events VALUES
	(1, 1, '2026-11-26 17:36:35.484999+00', 'opened', 'human mail; nothing it belongs to', 'mailresponder'),
	(2, 2, '2026-11-26 17:36:42.784495+00', 'opened', 'human mail; nothing it belongs to', 'mailresponder'),
	(3, 2, '2026-11-26 17:36:42.784495+00', 'angry', '1.00', 'mailresponder'),
	(4, 2, '2026-11-26 17:36:42.947649+00', 'escalated', 'level 1, told lead@example.com', 'mailresponder'),
	(5, 1, '2026-11-26 17:36:43.465176+00', 'acknowledgement_sent', '', 'mailresponder'),
	(6, 2, '2026-11-26 17:36:43.486862+00', 'acknowledgement_sent', '', 'mailresponder'),
	(7, 2, '2026-11-26 17:36:43.559087+00', 'escalation_sent', '', 'mailresponder'),
	(8, 3, '2026-11-26 17:36:52.720861+00', 'opened', 'human mail; nothing it belongs to', 'mailresponder'),
	(9, 1, '2026-11-26 17:37:01.047276+00', 'answered', 'seen by sent_folder', 'staff'),
	(10, 3, '2026-11-26 17:37:11.537047+00', 'snoozed', 'until 2026-11-28 18:37 (Europe/Madrid)', 'ana (command line)');
INSERT INTO folders VALUES
	('support', 'INBOX', 1795714591, 4, NULL),
	('support', 'Sent', 1795714592, 4, NULL);
INSERT INTO mailbox_tasks VALUES
	(1, 'support', 'flag', 'INBOX', 1795714591, 2, '["\\Flagged", "$Angry"]', NULL, 'angry:3', 'done', 1, '2026-11-26 17:36:42.784495+00', NULL),
	(2, 'support', 'flag', 'INBOX', 1795714591, 2, '["$Escalated"]', NULL, 'escalated:3', 'done', 1, '2026-11-26 17:36:42.947649+00', NULL),
	(3, 'support', 'sent_copy', '', 0, 0, '[]', 1, 'copy:1', 'done', 1, '2026-11-26 17:36:43.465176+00', NULL),
	(4, 'support', 'sent_copy', '', 0, 0, '[]', 2, 'copy:2', 'done', 1, '2026-11-26 17:36:43.486862+00', NULL),
	(5, 'support', 'sent_copy', '', 0, 0, '[]', 3, 'copy:3', 'done', 1, '2026-11-26 17:36:43.559087+00', NULL);
INSERT INTO mailboxes VALUES
	('support', '2026-11-26 17:36:35.429445+00', '2026-11-26 17:37:01.12607+00', '2026-11-26 17:37:01.12607+00', NULL, NULL, NULL);
INSERT INTO messages VALUES
	(1, '8a599fdea36ee49ce43a44989b6911124e090d2d72746a145f779fe259cb7139:<1@customer.test>', 'support', 1, 'in', 'human', 'opened', '<1@customer.test>', '[]', '[]', 'emma@customer.test', 'support@example.com', 'Where is my order?', 'Hello,
my order 4711 has not arrived yet. When will it come?
Emma', '2026-11-26 17:36:31+00', 'en', 0.15446526508353467, false, '[]', '[]'),
	(2, '<mr.mr-bru7c.fslxdcnxsqjms.uclwixdabhwda32f@example.com>', 'support', 1, 'out', 'own', 'recorded', '<mr.mr-bru7c.fslxdcnxsqjms.uclwixdabhwda32f@example.com>', '[]', '[]', 'support@example.com', 'emma@customer.test', 'Re: Where is my order? [MR-BRU7C]', 'Hello Emma Lake,
Your message “Where is my order?” has reached Acme Support. Its reference is
MR-BRU7C.
A person will read it and answer you by Friday 27 November at 02:36 (Madrid
time).
To add something, just reply to this mail. It will be put with your message.
This note is automatic. The answer will be written by a person.
Acme Support
', '2026-11-26 17:36:42.745896+00', NULL, NULL, false, '[]', '[]'),
	(3, 'f18d5b7aee079ca1553a707408f9c8baf0b3d1f1d4853b3e583a6b44bdaa2c89:<2@customer.test>', 'support', 2, 'in', 'human', 'opened', '<2@customer.test>', '[]', '[]', 'javier@customer.test', 'support@example.com', 'Esto es una verguenza', '¡Estoy harto! Es la tercera vez que llega roto. Sois unos inútiles. ¡Quiero mi dinero!', '2026-11-26 17:36:31+00', 'es', 0.9988304897349445, true, '[["in\u00fatiles", 2.2], ["harto", 2.0], ["verguenza", 1.9], ["Quiero mi dinero", 0.9], ["tercera vez", 0.55], ["Sois", 0.4], ["roto", 0.15]]', '[]'),
	(4, '<mr.mr-f49us.fcgscycf2qw4k.cgs72t7kwdb55d6x@example.com>', 'support', 2, 'out', 'own', 'recorded', '<mr.mr-f49us.fcgscycf2qw4k.cgs72t7kwdb55d6x@example.com>', '[]', '[]', 'support@example.com', 'javier@customer.test', 'Re: Esto es una verguenza [MR-F49US]', 'Hola, Javier Ruiz:
Su mensaje «Esto es una verguenza» ha llegado a Acme Support, y está claro
que algo ha ido mal. Lo hemos puesto por delante de los demás: una persona
lo leerá primero. Su referencia es MR-F49US.
Este aviso le llega más tarde de lo debido: el plazo en que queríamos
responderle ya ha pasado. Su mensaje no se ha perdido. Una persona tiene que
contestarlo todavía, y lo hará.
Si falta algún dato, como un número de pedido o una fecha, responda a este
correo y lo uniremos a su mensaje.
Este aviso es automático y no resuelve nada. Solo le dice que su mensaje
está aquí y qué pasa ahora.
Acme Support
', '2026-11-26 17:36:42.820085+00', NULL, NULL, false, '[]', '[]'),
	(5, 'dcb97471621ef13bff541a6b5875a87c5351bb4696e552856e85a315b84fc0bc:<3@shop.test>', 'support', NULL, 'in', 'list', 'recorded', '<3@shop.test>', '[]', '[]', 'news@shop.test', 'support@example.com', '', '', '2026-11-26 17:36:31+00', NULL, NULL, false, '[]', '["list_header", "precedence"]'),
	(6, '<mr.mr-f49us.5pw2cdz4t3gcu.nyle7jylk4yfoi4v@example.com>', 'support', 2, 'out', 'own', 'recorded', '<mr.mr-f49us.5pw2cdz4t3gcu.nyle7jylk4yfoi4v@example.com>', '[]', '[]', 'support@example.com', 'lead@example.com', 'Angry and unanswered: Esto es una verguenza [MR-F49US]', 'Javier Ruiz has been waiting for an answer for less than a minute, since
Thursday 26 November at 18:36. The answer was due by Thursday 26 November at
18:36, less than a minute ago.
The customer is angry. What says so: “inútiles”, “harto”, “verguenza”,
“Quiero mi dinero”, “tercera vez”, “Sois”, “roto”.
No acknowledgement has gone out.
How to answer
Answer Javier Ruiz from the shared mailbox support@example.com, and the
clock stops by itself. Or write to them <javier@customer.test> with your
mail program signed in to that mailbox; a mail from your own address would
not be counted.
A reply to this mail does not reach the customer.
What was written
javier@customer.test, Thursday 26 November at 18:36:
> ¡Estoy harto! Es la tercera vez que llega roto. Sois unos inútiles.
> ¡Quiero mi dinero!
You are told because Acme Support escalates what nobody answered in time.
', '2026-11-26 17:36:43.16291+00', NULL, NULL, false, '[]', '[]'),
	(7, '0dd9a33643caca8cf20c66d509127c2e1fa27a3980eaf0ad8c818e8757776202:<5@customer.test>', 'support', 3, 'in', 'human', 'opened', '<5@customer.test>', '[]', '[]', 'noah@customer.test', 'support@example.com', 'Wrong size', 'Hi,
the jacket is too small. How can I send it back?
Noah Hill', '2026-11-26 17:36:48+00', 'en', 0.14185106490048777, false, '[["Wrong", 0.15], ["small", 0.1]]', '[]'),
	(8, '<mr.mr-222rh.dicrvh63atgrg.negxnqgnv4holifp@example.com>', 'support', 3, 'out', 'own', 'recorded', '<mr.mr-222rh.dicrvh63atgrg.negxnqgnv4holifp@example.com>', '[]', '[]', 'support@example.com', 'noah@customer.test', 'Re: Wrong size [MR-222RH]', 'Hello Noah Hill,
Your message “Wrong size” has reached Acme Support. Its reference is
MR-222RH.
A person will read it and answer you by Friday 27 November at 02:36 (Madrid
time).
To add something, just reply to this mail. It will be put with your message.
This note is automatic. The answer will be written by a person.
Acme Support
', '2026-11-26 17:37:00.81389+00', NULL, NULL, false, '[]', '[]'),
	(9, '09964744e9e5aaf86f7f42dd12545b3777898c68da4a0894ec46adadbcf9fbba:<mr.mr-bru7c.fslxdcnxsqjms.uclwixdabhwda32f@example.com>', 'support', NULL, 'in', 'own', 'recorded', '<mr.mr-bru7c.fslxdcnxsqjms.uclwixdabhwda32f@example.com>', '["<1@customer.test>"]', '["<1@customer.test>"]', 'support@example.com', 'emma@customer.test', '', '', '2026-11-26 17:36:43+00', NULL, NULL, false, '[]', '["own_message"]'),
	(10, '147345cdb009bcf48b3557a40b1c5c4f15b7805e5f63792f14031dc7e6c4b9fa:<mr.mr-f49us.fcgscycf2qw4k.cgs72t7kwdb55d6x@example.com>', 'support', NULL, 'in', 'own', 'recorded', '<mr.mr-f49us.fcgscycf2qw4k.cgs72t7kwdb55d6x@example.com>', '["<2@customer.test>"]', '["<2@customer.test>"]', 'support@example.com', 'javier@customer.test', '', '', '2026-11-26 17:36:43+00', NULL, NULL, false, '[]', '["own_message"]'),
	(11, 'd74595b0c3f326d2eb69441ffddaef96eabea3d532fefff80018edf0eb3c0dbb:<mr.mr-f49us.5pw2cdz4t3gcu.nyle7jylk4yfoi4v@example.com>', 'support', NULL, 'in', 'own', 'recorded', '<mr.mr-f49us.5pw2cdz4t3gcu.nyle7jylk4yfoi4v@example.com>', '["<2@customer.test>"]', '["<2@customer.test>"]', 'support@example.com', 'lead@example.com', '', '', '2026-11-26 17:36:43+00', NULL, NULL, false, '[]', '["own_message"]'),
	(12, '6cb58066cdda8155582a754a7b9887e624cd316693b7ef28662cd636b061a278:<4@example.com>', 'support', 1, 'staff', 'human', 'answered', '<4@example.com>', '["<1@customer.test>"]', '["<1@customer.test>"]', 'support@example.com', 'emma@customer.test', 'Re: Where is my order?', 'Hello Emma,
it comes on Friday.
Ana', '2026-11-26 17:36:48+00', NULL, NULL, false, '[]', '["sent_folder"]');
INSERT INTO outbox VALUES
	(1, 'support', 1, 'acknowledgement', 'emma@customer.test', 'emma@customer.test', 'where is my order?', '<mr.mr-bru7c.fslxdcnxsqjms.uclwixdabhwda32f@example.com>', 'acknowledgement:MR-BRU7C', '\x46726f6d3a2041636d6520537570706f7274203c737570706f7274406578616d706c652e636f6d3e0d0a546f3a20456d6d61204c616b65203c656d6d6140637573746f6d65722e746573743e0d0a5375626a6563743a2052653a205768657265206973206d79206f726465723f205b4d522d42525537435d0d0a446174653a205468752c203236204e6f7620323032362031373a33363a3432202b303030300d0a4d6573736167652d49443a203c6d722e6d722d62727537632e66736c7864636e7873716a6d732e75636c77697864616268776461333266406578616d706c652e636f6d3e0d0a496e2d5265706c792d546f3a203c3140637573746f6d65722e746573743e0d0a4175746f2d5375626d69747465643a206175746f2d7265706c6965640d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a20376269740d0a4d494d452d56657273696f6e3a20312e300d0a0d0a5765206861766520676f7420796f7572206d6573736167652e0d0a', '2026-11-27 01:36:31+00', 'sent', 1, false, 'desk1:24890:9e65d4c9', NULL, '2026-11-26 17:36:42.745896+00', '2026-11-26 17:36:42.745896+00', '2026-11-26 17:36:43.465176+00', NULL),
	(2, 'support', 2, 'acknowledgement', 'javier@customer.test', 'javier@customer.test', 'esto es una verguenza', '<mr.mr-f49us.fcgscycf2qw4k.cgs72t7kwdb55d6x@example.com>', 'acknowledgement:MR-F49US', '\x46726f6d3a2041636d6520537570706f7274203c737570706f7274406578616d706c652e636f6d3e0d0a546f3a204a6176696572205275697a203c6a617669657240637573746f6d65722e746573743e0d0a5375626a6563743a2052653a204573746f20657320756e61207665726775656e7a61205b4d522d46343955535d0d0a446174653a205468752c203236204e6f7620323032362031373a33363a3432202b303030300d0a4d6573736167652d49443a203c6d722e6d722d66343975732e6663677363796366327177346b2e636773373274376b7764623535643678406578616d706c652e636f6d3e0d0a496e2d5265706c792d546f3a203c3240637573746f6d65722e746573743e0d0a4175746f2d5375626d69747465643a206175746f2d7265706c6965640d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a20376269740d0a4d494d452d56657273696f6e3a20312e300d0a0d0a5765206861766520676f7420796f7572206d6573736167652e0d0a', NULL, 'sent', 1, false, 'desk1:24890:9e65d4c9', NULL, '2026-11-26 17:36:42.820085+00', '2026-11-26 17:36:42.820085+00', '2026-11-26 17:36:43.486862+00', NULL),
	(3, 'support', 2, 'escalation', 'lead@example.com', 'lead@example.com', 'esto es una verguenza', '<mr.mr-f49us.5pw2cdz4t3gcu.nyle7jylk4yfoi4v@example.com>', 'escalation:MR-F49US:2026-11-26T17:36:42.947649+00:00:lead@example.com', '\x46726f6d3a2041636d6520537570706f7274203c737570706f7274406578616d706c652e636f6d3e0d0a546f3a206c656164406578616d706c652e636f6d0d0a5375626a6563743a20416e67727920616e6420756e616e7377657265643a204573746f20657320756e61207665726775656e7a61205b4d522d46343955535d0d0a446174653a205468752c203236204e6f7620323032362031373a33363a3433202b303030300d0a4d6573736167652d49443a203c6d722e6d722d66343975732e3570773263647a3474336763752e6e796c65376a796c6b3479666f693476406578616d706c652e636f6d3e0d0a496e2d5265706c792d546f3a203c3240637573746f6d65722e746573743e0d0a4175746f2d5375626d69747465643a206175746f2d67656e6572617465640d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a20376269740d0a4d494d452d56657273696f6e3a20312e300d0a0d0a5765206861766520676f7420796f7572206d6573736167652e0d0a', NULL, 'sent', 1, false, 'desk1:24890:9e65d4c9', NULL, '2026-11-26 17:36:43.16291+00', '2026-11-26 17:36:43.16291+00', '2026-11-26 17:36:43.559087+00', NULL),
	(4, 'support', 3, 'acknowledgement', 'noah@customer.test', 'noah@customer.test', 'wrong size', '<mr.mr-222rh.dicrvh63atgrg.negxnqgnv4holifp@example.com>', 'acknowledgement:MR-222RH', '\x46726f6d3a2041636d6520537570706f7274203c737570706f7274406578616d706c652e636f6d3e0d0a546f3a204e6f61682048696c6c203c6e6f616840637573746f6d65722e746573743e0d0a5375626a6563743a2052653a2057726f6e672073697a65205b4d522d32323252485d0d0a446174653a205468752c203236204e6f7620323032362031373a33373a3030202b303030300d0a4d6573736167652d49443a203c6d722e6d722d32323272682e646963727668363361746772672e6e6567786e71676e7634686f6c696670406578616d706c652e636f6d3e0d0a496e2d5265706c792d546f3a203c3540637573746f6d65722e746573743e0d0a4175746f2d5375626d69747465643a206175746f2d7265706c6965640d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a20376269740d0a4d494d452d56657273696f6e3a20312e300d0a0d0a5765206861766520676f7420796f7572206d6573736167652e0d0a', '2026-11-27 01:36:48+00', 'queued', 1, false, 'desk1:25194:0ad74c0e', NULL, '2026-11-26 17:37:00.81389+00', '2026-11-26 17:37:09.147506+00', NULL, '127.0.0.1:45977: not now: 451 4.3.0 later');
INSERT INTO participants VALUES
	(1, 'emma@customer.test', 'customer'),
	(2, 'javier@customer.test', 'customer'),
	(3, 'noah@customer.test', 'customer');
INSERT INTO sightings VALUES
	('support', 'INBOX', 1795714591, 1, 1, 'opened', '2026-11-26 17:36:31+00'),
	('support', 'INBOX', 1795714591, 2, 3, 'opened', '2026-11-26 17:36:31+00'),
	('support', 'INBOX', 1795714591, 3, 5, 'recorded', '2026-11-26 17:36:31+00'),
	('support', 'INBOX', 1795714591, 4, 7, 'opened', '2026-11-26 17:36:48+00'),
	('support', 'Sent', 1795714592, 1, 9, 'recorded', '2026-11-26 17:36:43+00'),
	('support', 'Sent', 1795714592, 2, 10, 'recorded', '2026-11-26 17:36:43+00'),
	('support', 'Sent', 1795714592, 3, 11, 'recorded', '2026-11-26 17:36:43+00'),
	('support', 'Sent', 1795714592, 4, 12, 'answered', '2026-11-26 17:36:48+00');
INSERT INTO tickets VALUES
	(2, 'MR-F49US', 'support', 'open', 'Esto es una verguenza', 'esto es una verguenza', 'javier@customer.test', 'Javier Ruiz', 'es', 0.9988304897349445, true, '[["in\u00fatiles", 2.2], ["harto", 2.0], ["verguenza", 1.9], ["Quiero mi dinero", 0.9], ["tercera vez", 0.55], ["Sois", 0.4], ["roto", 0.15]]', '2026-11-26 17:36:31+00', '2026-11-26 17:36:31+00', '2026-11-26 17:36:32+00', NULL, 1, '2026-11-26 17:36:42.947649+00', NULL, NULL, '2026-11-26 17:36:43.486862+00', '[]'),
	(1, 'MR-BRU7C', 'support', 'answered', 'Where is my order?', 'where is my order?', 'emma@customer.test', 'Emma Lake', 'en', 0.15446526508353467, false, '[]', '2026-11-26 17:36:31+00', NULL, NULL, '2026-11-26 17:36:48+00', 0, NULL, NULL, NULL, '2026-11-26 17:36:43.465176+00', '[]'),
	(3, 'MR-222RH', 'support', 'open', 'Wrong size', 'wrong size', 'noah@customer.test', 'Noah Hill', 'en', 0.14185106490048777, false, '[["Wrong", 0.15], ["small", 0.1]]', '2026-11-26 17:36:48+00', '2026-11-26 17:36:48+00', '2026-11-27 01:36:48+00', NULL, 0, NULL, '2026-11-27 01:36:48+00', '2026-11-28 17:37:11.537047+00', NULL, '[]');
SELECT pg_catalog.setval('events_id_seq', 10, true);
SELECT pg_catalog.setval('mailbox_tasks_id_seq', 5, true);
SELECT pg_catalog.setval('messages_id_seq', 12, true);
SELECT pg_catalog.setval('outbox_id_seq', 4, true);
SELECT pg_catalog.setval('tickets_id_seq', 3, true);
ALTER TABLE ONLY alembic_version ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY desk ADD CONSTRAINT pk_desk PRIMARY KEY (key);
ALTER TABLE ONLY events ADD CONSTRAINT pk_events PRIMARY KEY (id);
ALTER TABLE ONLY folders ADD CONSTRAINT pk_folders PRIMARY KEY (mailbox, folder);
ALTER TABLE ONLY leases ADD CONSTRAINT pk_leases PRIMARY KEY (name);
ALTER TABLE ONLY mailbox_tasks ADD CONSTRAINT pk_mailbox_tasks PRIMARY KEY (id);
ALTER TABLE ONLY mailboxes ADD CONSTRAINT pk_mailboxes PRIMARY KEY (name);
ALTER TABLE ONLY messages ADD CONSTRAINT pk_messages PRIMARY KEY (id);
ALTER TABLE ONLY outbox ADD CONSTRAINT pk_outbox PRIMARY KEY (id);
ALTER TABLE ONLY participants ADD CONSTRAINT pk_participants PRIMARY KEY (ticket_id, address, role);
ALTER TABLE ONLY sightings ADD CONSTRAINT pk_sightings PRIMARY KEY (mailbox, folder, uidvalidity, uid);
ALTER TABLE ONLY tickets ADD CONSTRAINT pk_tickets PRIMARY KEY (id);
ALTER TABLE ONLY mailbox_tasks ADD CONSTRAINT uq_mailbox_tasks_dedup_key UNIQUE (dedup_key);
ALTER TABLE ONLY messages ADD CONSTRAINT uq_messages_dedup_key UNIQUE (dedup_key);
ALTER TABLE ONLY outbox ADD CONSTRAINT uq_outbox_dedup_key UNIQUE (dedup_key);
ALTER TABLE ONLY outbox ADD CONSTRAINT uq_outbox_message_id UNIQUE (message_id);
ALTER TABLE ONLY tickets ADD CONSTRAINT uq_tickets_reference UNIQUE (reference);
CREATE INDEX ix_events_ticket_id ON events USING btree (ticket_id);
CREATE INDEX ix_mailbox_tasks_mailbox_state_next_attempt_at ON mailbox_tasks USING btree (mailbox, state, next_attempt_at);
CREATE INDEX ix_mailbox_tasks_outbox_id ON mailbox_tasks USING btree (outbox_id);
CREATE INDEX ix_messages_message_id ON messages USING btree (message_id);
CREATE INDEX ix_messages_ticket_id_at ON messages USING btree (ticket_id, at);
CREATE INDEX ix_outbox_mailbox_settled_at ON outbox USING btree (mailbox, settled_at);
CREATE INDEX ix_outbox_mailbox_state_next_attempt_at ON outbox USING btree (mailbox, state, next_attempt_at);
CREATE INDEX ix_outbox_recipient_key_settled_at ON outbox USING btree (recipient_key, settled_at);
CREATE INDEX ix_outbox_ticket_id ON outbox USING btree (ticket_id);
CREATE INDEX ix_participants_address ON participants USING btree (address);
CREATE INDEX ix_sightings_message_row ON sightings USING btree (message_row);
CREATE INDEX ix_tickets_mailbox_state_next_escalation_at ON tickets USING btree (mailbox, state, next_escalation_at);
CREATE INDEX ix_tickets_state_due_at ON tickets USING btree (state, due_at);
ALTER TABLE ONLY events ADD CONSTRAINT fk_events_ticket_id_tickets FOREIGN KEY (ticket_id) REFERENCES tickets(id);
ALTER TABLE ONLY mailbox_tasks ADD CONSTRAINT fk_mailbox_tasks_outbox_id_outbox FOREIGN KEY (outbox_id) REFERENCES outbox(id);
ALTER TABLE ONLY messages ADD CONSTRAINT fk_messages_ticket_id_tickets FOREIGN KEY (ticket_id) REFERENCES tickets(id);
ALTER TABLE ONLY outbox ADD CONSTRAINT fk_outbox_ticket_id_tickets FOREIGN KEY (ticket_id) REFERENCES tickets(id);
ALTER TABLE ONLY participants ADD CONSTRAINT fk_participants_ticket_id_tickets FOREIGN KEY (ticket_id) REFERENCES tickets(id);
ALTER TABLE ONLY sightings ADD CONSTRAINT fk_sightings_message_row_messages FOREIGN KEY (message_row) REFERENCES messages(id);
