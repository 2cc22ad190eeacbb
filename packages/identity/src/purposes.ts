// The closed list of what an identity or one of its devices signs. No signature made for one counts for another (I3).

export const PURPOSES = {
  profile: "p2pcrypt profile",
  deviceCertificate: "p2pcrypt device certificate",
  nodeKey: "p2pcrypt node key",
  contactRequest: "p2pcrypt contact request",
  groupKnock: "p2pcrypt group knock",
  rejoinRequest: "p2pcrypt rejoin request",
  welcomeEnvelope: "p2pcrypt welcome envelope",
  stuckNotice: "p2pcrypt stuck notice",
  ownState: "p2pcrypt own state",
  renewalRequest: "p2pcrypt renewal request",
  renewal: "p2pcrypt renewal",
  keeperKey: "p2pcrypt keeper key",
  moveNotice: "p2pcrypt move notice",
  addressNotice: "p2pcrypt address notice",
  transition: "p2pcrypt transition",
  webBuild: "p2pcrypt web build",
} as const;

export type Purpose = (typeof PURPOSES)[keyof typeof PURPOSES];
