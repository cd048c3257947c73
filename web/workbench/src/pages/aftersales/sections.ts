/* What belongs to after-sales in the workbench; each shown to who has any of its rights. */
export interface Section {
  name: string;
  needs: readonly string[];
}

export const SECTIONS: readonly Section[] = [
  { name: "cases", needs: ["aftersales.read"] },
  { name: "approvals", needs: ["aftersales.approve", "aftersales.request"] },
  { name: "ledger", needs: ["ledger.read"] },
  { name: "packs", needs: ["aftersales.read"] },
  { name: "listings", needs: ["listing.edit", "listing.check"] },
];
