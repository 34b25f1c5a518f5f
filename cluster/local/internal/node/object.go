package node

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Object is the Node as a kubelet would register it, ready from the start.
func (s Spec) Object(now metav1.Time) *corev1.Node {
	room := corev1.ResourceList{
		corev1.ResourceCPU:    resource.MustParse("64"),
		corev1.ResourceMemory: resource.MustParse("256Gi"),
		corev1.ResourcePods:   resource.MustParse("4000"),
	}
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name: s.Name,
			Labels: map[string]string{
				corev1.LabelHostname:       s.Name,
				corev1.LabelTopologyZone:   s.Zone,
				corev1.LabelTopologyRegion: strings.TrimRight(s.Zone, "abcdefghijklmnopqrstuvwxyz"),
				corev1.LabelOSStable:       "linux",
				corev1.LabelArchStable:     "amd64",
			},
		},
		Spec: corev1.NodeSpec{
			PodCIDR:    s.PodCIDR.String(),
			PodCIDRs:   []string{s.PodCIDR.String()},
			ProviderID: s.ProviderID,
		},
		Status: corev1.NodeStatus{
			Capacity:    room,
			Allocatable: room,
			Addresses: []corev1.NodeAddress{
				{Type: corev1.NodeInternalIP, Address: s.IP.String()},
				{Type: corev1.NodeHostName, Address: s.Name},
			},
			Conditions: []corev1.NodeCondition{{
				Type:               corev1.NodeReady,
				Status:             corev1.ConditionTrue,
				Reason:             "KubeletReady",
				Message:            "the simulated kubelet runs pods",
				LastHeartbeatTime:  now,
				LastTransitionTime: now,
			}},
		},
	}
}
