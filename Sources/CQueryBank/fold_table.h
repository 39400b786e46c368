#ifndef FOLD_TABLE_H
#define FOLD_TABLE_H

#include <stdint.h>

// Two-level tables over scalars below 0x30000, in blocks of 64; fold_table.py says what an entry holds.
extern const uint16_t cquerybank_fold_index[3072], cquerybank_keep_index[3072];
extern const uint32_t cquerybank_fold_entries[], cquerybank_keep_entries[];
// Pairs that NFC composes, first << 32 | second, ascending.
#define CQUERYBANK_PAIR_COUNT 941
extern const uint64_t cquerybank_pairs[CQUERYBANK_PAIR_COUNT];
// The bytes that mapped scalars become.
extern const uint8_t cquerybank_pool[];

#endif
