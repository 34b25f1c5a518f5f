// Package sts is AWS's Security Token Service, and who there is to ask it: users, roles, identity providers.
//
// In go calls and the access keys that signed them; out come temporary credentials for those whom a role's trust policy and
// their own policy let have them: of users and of other roles (AssumeRole), of tokens that an OpenID Connect provider signed
// (AssumeRoleWithWebIdentity, which needs no signature), and of pods that EKS associates with a role (PodIdentity, in the place
// of the agent that runs on EKS's nodes). A Directory is shared by all simulators that are one AWS.
package sts
