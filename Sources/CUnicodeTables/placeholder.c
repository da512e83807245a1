typedef int CUnicodeTables_t;
