package v1alpha1

// The runtime records the answered reconcile-requested-at token only for kinds that have these methods themselves.

// GetLastHandledReconcileAt of this LoadBalancer.
func (mg *LoadBalancer) GetLastHandledReconcileAt() string { return mg.Status.LastHandledReconcileAt }

// SetLastHandledReconcileAt of this LoadBalancer.
func (mg *LoadBalancer) SetLastHandledReconcileAt(t string) { mg.Status.LastHandledReconcileAt = t }

// GetLastHandledReconcileAt of this Listener.
func (mg *Listener) GetLastHandledReconcileAt() string { return mg.Status.LastHandledReconcileAt }

// SetLastHandledReconcileAt of this Listener.
func (mg *Listener) SetLastHandledReconcileAt(t string) { mg.Status.LastHandledReconcileAt = t }

// GetLastHandledReconcileAt of this ListenerRule.
func (mg *ListenerRule) GetLastHandledReconcileAt() string { return mg.Status.LastHandledReconcileAt }

// SetLastHandledReconcileAt of this ListenerRule.
func (mg *ListenerRule) SetLastHandledReconcileAt(t string) { mg.Status.LastHandledReconcileAt = t }

// GetLastHandledReconcileAt of this TargetGroup.
func (mg *TargetGroup) GetLastHandledReconcileAt() string { return mg.Status.LastHandledReconcileAt }

// SetLastHandledReconcileAt of this TargetGroup.
func (mg *TargetGroup) SetLastHandledReconcileAt(t string) { mg.Status.LastHandledReconcileAt = t }

// GetLastHandledReconcileAt of this TargetGroupBinding.
func (mg *TargetGroupBinding) GetLastHandledReconcileAt() string {
	return mg.Status.LastHandledReconcileAt
}

// SetLastHandledReconcileAt of this TargetGroupBinding.
func (mg *TargetGroupBinding) SetLastHandledReconcileAt(t string) {
	mg.Status.LastHandledReconcileAt = t
}

// GetLastHandledReconcileAt of this SecurityGroup.
func (mg *SecurityGroup) GetLastHandledReconcileAt() string { return mg.Status.LastHandledReconcileAt }

// SetLastHandledReconcileAt of this SecurityGroup.
func (mg *SecurityGroup) SetLastHandledReconcileAt(t string) { mg.Status.LastHandledReconcileAt = t }

// GetLastHandledReconcileAt of this Certificate.
func (mg *Certificate) GetLastHandledReconcileAt() string { return mg.Status.LastHandledReconcileAt }

// SetLastHandledReconcileAt of this Certificate.
func (mg *Certificate) SetLastHandledReconcileAt(t string) { mg.Status.LastHandledReconcileAt = t }

// GetLastHandledReconcileAt of this SecurityGroupRule.
func (mg *SecurityGroupRule) GetLastHandledReconcileAt() string {
	return mg.Status.LastHandledReconcileAt
}

// SetLastHandledReconcileAt of this SecurityGroupRule.
func (mg *SecurityGroupRule) SetLastHandledReconcileAt(t string) {
	mg.Status.LastHandledReconcileAt = t
}

// GetLastHandledReconcileAt of this WebACLAssociation.
func (mg *WebACLAssociation) GetLastHandledReconcileAt() string {
	return mg.Status.LastHandledReconcileAt
}

// SetLastHandledReconcileAt of this WebACLAssociation.
func (mg *WebACLAssociation) SetLastHandledReconcileAt(t string) {
	mg.Status.LastHandledReconcileAt = t
}

// GetLastHandledReconcileAt of this ShieldProtection.
func (mg *ShieldProtection) GetLastHandledReconcileAt() string {
	return mg.Status.LastHandledReconcileAt
}

// SetLastHandledReconcileAt of this ShieldProtection.
func (mg *ShieldProtection) SetLastHandledReconcileAt(t string) {
	mg.Status.LastHandledReconcileAt = t
}
