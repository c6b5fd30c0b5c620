/** What replies and looks have told, by name. */
export type Facts = Readonly<Record<string, string>>;
