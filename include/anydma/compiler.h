/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The only header, apart from those of src/arch, that may ask which compiler it is read by.
 */
#ifndef ANYDMA_COMPILER_H
#define ANYDMA_COMPILER_H

#if !defined(__GNUC__)
#error "anydma needs gcc or clang (see docs/decisions.md)"
#endif

#define ANY_MUST_CHECK	      __attribute__((warn_unused_result))
#define ANY_NORETURN	      __attribute__((noreturn))
#define ANY_NOINLINE	      __attribute__((noinline))
#define ANY_COLD	      __attribute__((cold, noinline))
#define ANY_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define ANY_LIKELY(x)	      __builtin_expect_with_probability(!!(x), 1, 0.999)
#define ANY_UNLIKELY(x)	      __builtin_expect_with_probability(!!(x), 0, 0.999)

#ifdef __cplusplus
#define ANY_STATIC_ASSERT(cond, why) static_assert(cond, why)
#else
#define ANY_STATIC_ASSERT(cond, why) _Static_assert(cond, why)
#endif

#define ANY_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define ANY_CONTAINER_OF(ptr, type, member)                                                        \
	((type *)(void *)((char *)(ptr) - __builtin_offsetof(type, member)))

#endif
