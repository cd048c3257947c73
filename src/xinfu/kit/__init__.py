"""What every part of the house needs and no part of the business owns: ids, clock, money, errors, database, audit, bus."""
