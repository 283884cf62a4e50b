/** Labels of a node, or those that a node has to have. */
export type Labels = Readonly<Record<string, string>>
