"""What must survive a restart, and the only SQL of the house: tables, migrations, and functions over them."""
