/** Why the lab refuses a setting, without where in the request it stood: the sentence stands beside its field. Pure. */
export const settingRefusal = (detail: string): string => detail.replace(/^body(?:\.\w+)?: (?:\w+: )?/u, "");
