/* People's skills as rows to edit, and back (docs/protocol.md, agents/skills). Pure. */

export const LEVELS = [1, 2, 3, 4, 5] as const;

export interface SkillRow {
  skill: string;
  level: number;
}

export interface PersonSkills {
  staff_id: string;
  skills: Record<string, number>;
}

export function rowsOf(skills: Record<string, number> | undefined): SkillRow[] {
  return Object.entries(skills ?? {}).map(([skill, level]) => ({ skill, level }));
}

/** Rows without a name are left out; of a name written twice the last level counts. */
export function skillsOf(rows: readonly SkillRow[]): Record<string, number> {
  return Object.fromEntries(rows.map((row) => [row.skill.trim(), row.level] as const).filter(([skill]) => skill !== ""));
}

export function inShort(skills: Record<string, number> | undefined, comma: string): string {
  return rowsOf(skills).map((row) => `${row.skill} ${row.level}`).join(comma);
}
