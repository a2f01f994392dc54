/* SPDX-License-Identifier: BSD-2-Clause */
#include <anydma/types.h>

const char *any_strerror(int err)
{
	switch (err < 0 ? -err : err) {
	case 0:
		return "no error";
	case ANY_EPERM:
		return "forbidden by the platform";
	case ANY_ENOENT:
		return "no such thing";
	case ANY_EIO:
		return "input/output error";
	case ANY_E2BIG:
		return "too long for one mapping or chain";
	case ANY_EAGAIN:
		return "nothing to take now";
	case ANY_ENOMEM:
		return "a pool, ring or table is full";
	case ANY_EFAULT:
		return "not memory a device can be given";
	case ANY_EBUSY:
		return "in use";
	case ANY_ENODEV:
		return "no usable device";
	case ANY_EINVAL:
		return "invalid argument";
	case ANY_ENOSPC:
		return "the caller's array is too short";
	case ANY_ERANGE:
		return "out of the device's reach";
	case ANY_EPROTO:
		return "the other side broke the protocol";
	case ANY_EOVERFLOW:
		return "a length or address wraps";
	case ANY_ENOTSUP:
		return "this machine cannot do it";
	default:
		return "unknown error";
	}
}
